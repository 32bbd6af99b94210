"""Small files made from recipes, each with its truth: is what a reader does not read rightly said, or silently wrong?"""
