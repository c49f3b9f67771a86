"""Request and response models of discipline."""
