from loyalty_ledger._pb import authorizations_pb2 as _authorizations_pb2
from loyalty_ledger._pb import batches_pb2 as _batches_pb2
from loyalty_ledger._pb import members_pb2 as _members_pb2
from loyalty_ledger._pb import points_pb2 as _points_pb2
from loyalty_ledger._pb import purchases_pb2 as _purchases_pb2
from loyalty_ledger._pb import reversals_pb2 as _reversals_pb2
from loyalty_ledger._pb import sweeps_pb2 as _sweeps_pb2
from loyalty_ledger._pb import totals_pb2 as _totals_pb2
from loyalty_ledger._pb import transactions_pb2 as _transactions_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
