"""What the complaints service decides: values in, values out, time included."""
