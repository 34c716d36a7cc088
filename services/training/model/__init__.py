"""The words of training: what is offered, who sits where, what is asked and shown, and the numbers of the law."""
