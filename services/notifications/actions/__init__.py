"""The verbs of notifications: who is told what (`announce`), sending it (`deliver`), what became of it (`record`)."""
