from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EntryMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_MODE_UNSPECIFIED: _ClassVar[EntryMode]
    ENTRY_MODE_SCANNED: _ClassVar[EntryMode]
    ENTRY_MODE_SWIPED: _ClassVar[EntryMode]
    ENTRY_MODE_KEYED: _ClassVar[EntryMode]
    ENTRY_MODE_PHONE: _ClassVar[EntryMode]
    ENTRY_MODE_APP: _ClassVar[EntryMode]
ENTRY_MODE_UNSPECIFIED: EntryMode
ENTRY_MODE_SCANNED: EntryMode
ENTRY_MODE_SWIPED: EntryMode
ENTRY_MODE_KEYED: EntryMode
ENTRY_MODE_PHONE: EntryMode
ENTRY_MODE_APP: EntryMode

class Receipt(_message.Message):
    __slots__ = ("store", "terminal", "business_date", "number")
    STORE_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    store: str
    terminal: str
    business_date: str
    number: str
    def __init__(self, store: _Optional[str] = ..., terminal: _Optional[str] = ..., business_date: _Optional[str] = ..., number: _Optional[str] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("store", "actor", "entry_mode", "offline", "training", "partner", "verification")
    STORE_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    ENTRY_MODE_FIELD_NUMBER: _ClassVar[int]
    OFFLINE_FIELD_NUMBER: _ClassVar[int]
    TRAINING_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    VERIFICATION_FIELD_NUMBER: _ClassVar[int]
    store: str
    actor: str
    entry_mode: EntryMode
    offline: bool
    training: bool
    partner: str
    verification: str
    def __init__(self, store: _Optional[str] = ..., actor: _Optional[str] = ..., entry_mode: _Optional[_Union[EntryMode, str]] = ..., offline: bool = ..., training: bool = ..., partner: _Optional[str] = ..., verification: _Optional[str] = ...) -> None: ...
