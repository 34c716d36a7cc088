"""What the notifications service decides: values in, values out, time included."""
