"""What those who run the product do to it: back it up, carry it to a machine without a network, prove that it is sealed."""
