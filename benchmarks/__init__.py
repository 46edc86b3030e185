"""What the README claims about speed and size, measured from Python."""
