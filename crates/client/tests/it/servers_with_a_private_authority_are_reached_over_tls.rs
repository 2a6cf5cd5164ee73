use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, ServerConfig, pki_types::PrivateKeyDer};
use visavis_client::avatar::{Client, RetryPolicy};
use visavis_client::{Code, Phase};

use crate::server::token;

/// A server that answers every call with a token, over TLS; its URL and the authority that vouches for it.
async fn server() -> (String, String) {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params =
        CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(tcp).await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(token("t-1").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (url, authority.pem())
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_it_is_named_and_never_else() {
    let (url, authority) = server().await;
    let builder = || {
        Client::builder()
            .server(&url)
            .or_dev()
            .retry_policy(RetryPolicy::never())
    };
    let client = builder()
        .root_certificates(authority.as_bytes())
        .build()
        .unwrap();
    assert!(client.session_token().await.unwrap().token.matches("t-1"));

    let error = builder()
        .build()
        .unwrap()
        .session_token()
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.phase()),
        (&Code::ConnectionFailed.into(), Phase::SessionToken)
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("certificate"), "{source}");
}
