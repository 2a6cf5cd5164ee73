use super::Session;
use crate::signaling::Error;
use crate::signaling::core::{Deprecated, Request};

impl Session {
    /// Calls a function of the server by its name, `io.agora.signal.NAME` or plain, with a JSON object of arguments.
    /// Returns the whole answer as JSON.
    ///
    /// # Errors
    /// 1000 to 1005; 1004 for a name that the server does not know, or arguments that are no object.
    pub async fn invoke(&self, name: &str, request: &str, call_id: &str) -> Result<String, Error> {
        let invoke = Request::Invoke {
            name: name.to_owned(),
            request: request.to_owned(),
            call_id: call_id.to_owned(),
        };
        self.text("invoke", invoke).await
    }

    /// Exists and is always refused.
    ///
    /// # Errors
    /// 1004.
    pub async fn bc_call(&self, func: &str, json_args: &str, call_id: &str) -> Result<(), Error> {
        let call = Request::BcCall {
            func: func.to_owned(),
            args: json_args.to_owned(),
            call_id: call_id.to_owned(),
        };
        self.done("bc_call", call).await
    }

    /// Sends a ping now; the session does so by itself every 10 s.
    ///
    /// # Errors
    /// 1003 without a connection.
    pub async fn ping(&self) -> Result<(), Error> {
        self.done("ping", Request::Ping).await
    }

    /// Goes on after [`stop`](Self::stop): connects again at once.
    ///
    /// # Errors
    /// None that the server makes.
    pub async fn start(&self) -> Result<(), Error> {
        self.done("start", Request::Start).await
    }

    /// Drops the connection without logging out, and connects no more until [`start`](Self::start).
    ///
    /// # Errors
    /// None that the server makes.
    pub async fn stop(&self) -> Result<(), Error> {
        self.done("stop", Request::Stop).await
    }

    /// Tells the server whether the app is in the background.
    ///
    /// # Errors
    /// 1000 to 1003.
    pub async fn set_background(&self, background: bool) -> Result<(), Error> {
        self.done("set_background", Request::SetBackground(background))
            .await
    }

    /// Tells the session whether there is a network: without one it does not try to connect, with one it does at once.
    ///
    /// # Errors
    /// None that the server makes.
    pub async fn set_network_status(&self, up: bool) -> Result<(), Error> {
        self.done("set_network_status", Request::SetNetworkStatus(up))
            .await
    }

    /// Comes back as [`Event::Dbg`](crate::signaling::Event::Dbg).
    ///
    /// # Errors
    /// None that the server makes.
    pub async fn dbg(&self, key: &str, value: &str) -> Result<(), Error> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.done("dbg", Request::Dbg { key, value }).await
    }

    /// The version of this SDK as a number: 1, two digits each for major, minor and patch, and 000.
    #[must_use]
    pub fn sdk_version() -> u32 {
        let part = |text: &str| text.parse().unwrap_or(0);
        let [major, minor, patch]: [u32; 3] = [
            part(env!("CARGO_PKG_VERSION_MAJOR")),
            part(env!("CARGO_PKG_VERSION_MINOR")),
            part(env!("CARGO_PKG_VERSION_PATCH")),
        ];
        1_000_000_000 + major * 10_000_000 + minor * 100_000 + patch * 1000
    }

    /// Deprecated in the native SDKs: telephones cannot be invited.
    ///
    /// # Errors
    /// 700 `pstn not supported`.
    pub async fn channel_invite_phone(&self, channel: &str, phone: &str) -> Result<(), Error> {
        let (channel, phone) = (channel.to_owned(), phone.to_owned());
        let call = Deprecated::ChannelInvitePhone { channel, phone };
        self.done("invite_phone", Request::Deprecated(call)).await
    }

    /// As [`channel_invite_phone`](Self::channel_invite_phone), with the number to show.
    ///
    /// # Errors
    /// 700 `pstn not supported`.
    pub async fn channel_invite_phone2(
        &self,
        channel: &str,
        phone: &str,
        _source: &str,
    ) -> Result<(), Error> {
        self.channel_invite_phone(channel, phone).await
    }

    /// As [`channel_invite_phone2`](Self::channel_invite_phone2), with an extra.
    ///
    /// # Errors
    /// 700 `pstn not supported`.
    pub async fn channel_invite_phone3(
        &self,
        channel: &str,
        phone: &str,
        _source: &str,
        _extra: &str,
    ) -> Result<(), Error> {
        self.channel_invite_phone(channel, phone).await
    }

    /// Deprecated in the native SDKs.
    ///
    /// # Errors
    /// 1004.
    pub async fn message_app_send(&self, _msg: &str, message_id: &str) -> Result<(), Error> {
        let message_id = message_id.to_owned();
        let call = Deprecated::MessageAppSend { message_id };
        self.done("send_app_msg", Request::Deprecated(call)).await
    }

    /// Deprecated in the native SDKs.
    ///
    /// # Errors
    /// 1004.
    pub async fn message_push_send(
        &self,
        _account: &str,
        _msg: &str,
        message_id: &str,
    ) -> Result<(), Error> {
        let message_id = message_id.to_owned();
        let call = Deprecated::MessagePushSend { message_id };
        self.done("send_push_msg", Request::Deprecated(call)).await
    }

    /// Deprecated in the native SDKs.
    ///
    /// # Errors
    /// 1004.
    pub async fn message_chat_send(
        &self,
        _account: &str,
        _msg: &str,
        message_id: &str,
    ) -> Result<(), Error> {
        let message_id = message_id.to_owned();
        let call = Deprecated::MessageChatSend { message_id };
        self.done("send_chat_msg", Request::Deprecated(call)).await
    }

    /// Deprecated in the native SDKs: see [`Invitation::dtmf`](crate::signaling::Invitation::dtmf).
    ///
    /// # Errors
    /// 1004.
    pub async fn message_dtmf_send(
        &self,
        _phone: &str,
        _digits: &str,
        message_id: &str,
    ) -> Result<(), Error> {
        let message_id = message_id.to_owned();
        let call = Deprecated::MessageDtmfSend { message_id };
        self.done("send_dtmf_msg", Request::Deprecated(call)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_a_number_as_in_the_native_sdks() {
        let version = Session::sdk_version().to_string();
        assert_eq!((version.len(), &version[..1]), (10, "1"));
        assert!(version.ends_with("000"));
    }
}
