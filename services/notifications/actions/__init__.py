"""The verbs: who is told (`announce`), sending (`deliver`), what became of it (`record`), who wants what (`prefer`).

A recipient says what is read (`mark_read`, in `reading`).
"""
