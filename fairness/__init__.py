"""How fair the instrument is: the rules as shipped, tried on invented officers whose true work is known."""
