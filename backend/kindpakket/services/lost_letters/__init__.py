"""Lost letters: the privacy officers, requests for a replacement, and what is opened for them."""
