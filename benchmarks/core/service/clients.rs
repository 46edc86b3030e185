//! Clients of the server, and the requests they make: keys that never come again, members at random.

use std::sync::atomic::{AtomicU64, Ordering};

use loyalty_ledger::service::wire::ledger_service_client::LedgerServiceClient;
use loyalty_ledger::service::wire::{self, batch_item, member_name, reference};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

pub const MEMBERS: u64 = 50_000;
pub const BATCH: u64 = 8_192;
/// Bytes of an answer that a client takes.
const ANSWER_BYTES: usize = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    Bare,
    Accrue,
    AuthorizeAndCapture,
    GetMember,
}

/// One connection.
#[derive(Clone)]
pub struct Client {
    health: HealthClient<Channel>,
    pub ledger: LedgerServiceClient<Channel>,
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(0);

pub fn key() -> String {
    format!("till-{:020}", NEXT_KEY.fetch_add(1, Ordering::Relaxed))
}

pub fn member_id(number: u64) -> String {
    format!("m-{:08}", number % MEMBERS)
}

fn member(number: u64) -> Option<wire::MemberName> {
    Some(wire::MemberName {
        name: Some(member_name::Name::Id(member_id(number))),
    })
}

/// Numbers that follow each other lead to members that do not.
pub fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

pub fn accrual(number: u64) -> wire::AccruePointsRequest {
    wire::AccruePointsRequest {
        key: key(),
        member: member(number),
        points: 10,
        ..Default::default()
    }
}

pub fn batch(requests: impl Iterator<Item = wire::AccruePointsRequest>) -> wire::PostBatchRequest {
    let items = requests.map(|request| wire::BatchItem {
        request: Some(batch_item::Request::AccruePoints(request)),
    });
    wire::PostBatchRequest {
        items: items.collect(),
        ..Default::default()
    }
}

impl Client {
    pub async fn call(&mut self, call: Call, number: u64) -> Result<(), tonic::Status> {
        match call {
            Call::Bare => {
                self.health.check(HealthCheckRequest::default()).await?;
            }
            Call::Accrue => {
                let accrual = accrual(scattered(number));
                self.ledger.accrue_points(accrual).await?;
            }
            Call::AuthorizeAndCapture => self.authorize_and_capture(number).await?,
            Call::GetMember => {
                let asked = wire::GetMemberRequest {
                    member: member(scattered(number)),
                    ..Default::default()
                };
                self.ledger.get_member(asked).await?;
            }
        }
        Ok(())
    }

    async fn authorize_and_capture(&mut self, number: u64) -> Result<(), tonic::Status> {
        let held = wire::AuthorizeRedemptionRequest {
            key: key(),
            member: member(scattered(number)),
            points: 1,
            ..Default::default()
        };
        let held = self.ledger.authorize_redemption(held).await?.into_inner();
        let sequence = held.answer.expect("it was answered").sequence;
        let authorization = Some(wire::Reference {
            reference: Some(reference::Reference::Sequence(sequence)),
        });
        let capture = wire::CaptureRedemptionRequest {
            key: key(),
            authorization,
            ..Default::default()
        };
        self.ledger.capture_redemption(capture).await?;
        Ok(())
    }
}

pub async fn connect(address: &str, connections: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..connections {
        let channel = Channel::from_shared(format!("http://{address}"))
            .expect("an address of ours")
            .tcp_nodelay(true)
            .connect()
            .await
            .expect("the server listens");
        clients.push(Client {
            health: HealthClient::new(channel.clone()),
            ledger: LedgerServiceClient::new(channel).max_decoding_message_size(ANSWER_BYTES),
        });
    }
    clients
}

/// Makes all members, with points to spend.
pub async fn enroll(client: &mut Client) {
    for first in (0..MEMBERS).step_by(BATCH as usize) {
        let numbers = first..MEMBERS.min(first + BATCH);
        let accruals = numbers.map(|number| wire::AccruePointsRequest {
            points: 1_000_000,
            enroll: Some(wire::Joining::default()),
            ..accrual(number)
        });
        let answer = client.ledger.post_batch(batch(accruals)).await;
        let results = answer.expect("it is answered").into_inner().results;
        assert!(results.iter().all(|result| result.sequence > 0));
    }
}
