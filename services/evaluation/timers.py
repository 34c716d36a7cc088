"""What evaluation does when time passes. A subject that ends with an officer's id locks the officer."""

from shared.messaging.timers import Timers

timers = Timers()
