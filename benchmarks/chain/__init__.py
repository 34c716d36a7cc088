"""The whole chain: a front office's submission on Kafka, through four services, until its last delivery is recorded.

Beside it stand four bare hops. Nobody here has a mail address: what is shown in the inbox is a delivery too, and the
sink of the mails, in Python, is no part of what is measured (the idle chain sends its mails).
"""
