use std::panic::{AssertUnwindSafe, catch_unwind};

use ruopus::{OpusDecoder, Packet, PacketError, Toc};

use super::OpusError;

/// How long frames that were not sent are guessed from what was heard before: 100 ms, ever more quietly.
/// Then there is silence, for the decoder's own comfort noise can be far louder than the pause it stands for.
const FADE_SAMPLES: u16 = 4800;

/// Decodes packets to one channel, each to exactly as many samples as its first byte says (RFC 6716 section 3.1).
pub(super) struct Codec {
    decoder: OpusDecoder,
    /// A packet with the frame at hand alone.
    single: Vec<u8>,
    /// Peak of the last frame that was sent.
    peak: f32,
    /// Samples filled in since then, up to [`FADE_SAMPLES`].
    filled: u16,
}

impl Codec {
    pub(super) fn new() -> Self {
        Self {
            // Mixing to one channel is part of decoding.
            decoder: OpusDecoder::new(1),
            single: Vec::new(),
            peak: 0.0,
            filled: 0,
        }
    }

    /// The packet's samples at 48 kHz, at most 120 ms of them.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Result<Vec<f32>, OpusError> {
        // The codec is young and its input hostile: should it ever panic, the stream fails and nothing else.
        match catch_unwind(AssertUnwindSafe(|| self.decode_frames(packet))) {
            Ok(Ok(samples)) => Ok(samples),
            Ok(Err(_)) | Err(_) => Err(OpusError::Packet),
        }
    }

    fn decode_frames(&mut self, packet: &[u8]) -> Result<Vec<f32>, PacketError> {
        let packet = Packet::parse(packet)?;
        let toc = packet.toc();
        let frame_samples = toc.frame_size().samples_per_channel_48k();
        let mut samples = Vec::with_capacity(packet.frames().len() * frame_samples);
        for frame in packet.frames() {
            // A frame of one byte counts as not sent, as it does for the reference decoder.
            samples.extend(if frame.len() <= 1 {
                self.fill(frame_samples)
            } else {
                self.decode_frame(toc, frame)?
            });
        }
        Ok(samples)
    }

    fn decode_frame(&mut self, toc: Toc, frame: &[u8]) -> Result<Vec<f32>, PacketError> {
        let toc = Toc::from_parts(toc.config(), toc.stereo(), 0);
        self.single.clear();
        self.single.push(toc.byte());
        self.single.extend_from_slice(frame);
        let samples = self.decoder.decode_packet(&self.single)?;
        self.peak = peak(&samples);
        self.filled = 0;
        Ok(samples)
    }

    /// Stands in for a frame that was not sent: the encoder had nothing to say (DTX), or the frame was lost.
    fn fill(&mut self, frame_samples: usize) -> Vec<f32> {
        if self.filled == FADE_SAMPLES {
            return vec![0.0; frame_samples];
        }
        let mut samples = self.decoder.decode_lost(frame_samples);
        let gain = (self.peak / peak(&samples).max(f32::MIN_POSITIVE)).min(1.0);
        for sample in &mut samples {
            *sample *= gain * (1.0 - f32::from(self.filled) / f32::from(FADE_SAMPLES));
            self.filled = FADE_SAMPLES.min(self.filled + 1);
        }
        samples
    }
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, s| s.abs().max(peak))
}
