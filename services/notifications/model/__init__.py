"""The words of the notifications service: what is told to whom, deliveries and their states, policies, documents."""
