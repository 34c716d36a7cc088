"""The instrument: values in, values out, exact fractions, no clock. `evaluate` is the whole, the rest its parts."""
