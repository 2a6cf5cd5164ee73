use super::{Session, unexpected};
use crate::signaling::Error;
use crate::signaling::core::{Reply, Request};

impl Session {
    /// Sets an attribute of this account, for everyone to read.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn set_attr(&self, name: &str, value: &str) -> Result<(), Error> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.done("set_attr", Request::SetAttr { name, value })
            .await
    }

    /// An attribute of this account; empty when there is none.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn get_attr(&self, name: &str) -> Result<String, Error> {
        let name = name.to_owned();
        self.text("get_attr", Request::GetAttr { name }).await
    }

    /// All attributes of this account, as a JSON object.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn get_attr_all(&self) -> Result<String, Error> {
        self.text("get_attr_all", Request::GetAttrAll).await
    }

    /// An attribute of an account; empty when there is none.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn get_user_attr(&self, account: &str, name: &str) -> Result<String, Error> {
        let (account, name) = (account.to_owned(), name.to_owned());
        self.text("get_attr", Request::GetUserAttr { account, name })
            .await
    }

    /// All attributes of an account, as a JSON object.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn get_user_attr_all(&self, account: &str) -> Result<String, Error> {
        let account = account.to_owned();
        self.text("get_attr_all", Request::GetUserAttrAll { account })
            .await
    }

    /// Whether an account is logged in.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn query_user_status(&self, account: &str) -> Result<bool, Error> {
        let account = account.to_owned();
        let query = Request::QueryUserStatus { account };
        match self.caller.call("query_user_status", query).await? {
            Reply::Flag(online) => Ok(online),
            reply => Err(unexpected("query_user_status", &reply)),
        }
    }

    pub(super) async fn text(&self, name: &'static str, request: Request) -> Result<String, Error> {
        match self.caller.call(name, request).await? {
            Reply::Text(text) => Ok(text),
            reply => Err(unexpected(name, &reply)),
        }
    }
}
