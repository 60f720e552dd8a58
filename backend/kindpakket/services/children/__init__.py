"""The register of children: who gets a letter, and who looked at whom."""
