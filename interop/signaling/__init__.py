"""The published signaling SDK, unmodified, in Node and in headless Chromium, and raw frames, against the real binary."""
