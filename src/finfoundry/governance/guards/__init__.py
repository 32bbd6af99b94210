"""What is asked, read and answered, held against a taxonomy of harms: tagged, refused or let through, recorded, objected to."""
