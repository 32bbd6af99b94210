"""What is stored, in the shapes that are printed and sent."""
