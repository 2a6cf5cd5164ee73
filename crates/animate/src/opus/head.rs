use ruopus::ogg::OpusHead;

use super::OpusError;

/// What the first packet says about the rest.
pub(super) struct Head {
    /// Samples at 48 kHz to leave out at the start.
    pub(super) pre_skip: u16,
    /// Factor on every sample.
    pub(super) gain: f32,
}

impl Head {
    pub(super) fn parse(packet: &[u8]) -> Result<Self, OpusError> {
        let head = OpusHead::parse(packet).map_err(|_| OpusError::Head)?;
        if head.channel_count > 2 || head.channel_mapping.stream_count() != 1 {
            return Err(OpusError::Channels);
        }
        Ok(Self {
            pre_skip: head.pre_skip,
            gain: 10f32.powf(f32::from(head.output_gain_q8) / (20.0 * 256.0)),
        })
    }
}
