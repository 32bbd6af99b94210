"""Identity, policy, guards, sealing of the audit chain, replay."""
