"""What an integrator's own tests use: `salor_testing` goes into their process, the rest stays in this checkout's."""
