"""Talks to dosegate-grpc: connects, sends a plan, structures and doses, reads what they changed.

Needs python3-grpcio, python3-protobuf and the classes that make_stubs makes.
"""
import array
import hashlib
import importlib.util
import os
import pathlib
import queue
import sys
import threading

import grpc

_here = pathlib.Path(__file__).resolve().parent
_places = [os.environ.get("DOSEGATE_STUBS"), _here, *(p / "build/clients/python" for p in _here.parents[2:3])]
_stubs = next((str(p) for p in _places if p and pathlib.Path(p, "dosegate/v1/service_pb2.py").exists()), None)
if _stubs is None:
    raise ImportError("the classes of dosegate.v1 are missing: run make_stubs")
sys.path.append(_stubs)
import google.protobuf  # noqa: E402
if importlib.util.find_spec("google.rpc") is None:  # the google package of some installations is closed to others
    sys.modules["google"].__path__.append(_stubs + "/google")

from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from dosegate.v1 import choice_pb2, dose_pb2, options_pb2, plan_pb2, report_pb2  # noqa: E402, F401
from dosegate.v1 import service_pb2, service_pb2_grpc, session_pb2, structures_pb2  # noqa: E402, F401

CHUNK_BYTES = 256 << 10  # the server takes up to 4 MiB; larger ones are not faster
_Request = session_pb2.PlanningSessionRequest
_LOST = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN,
         grpc.StatusCode.DEADLINE_EXCEEDED}  # how a connection ends; others are the server's word


def add_arguments(parser):
    """The arguments that say where the server is."""
    parser.add_argument("--server", required=True, help="unix:PATH or HOST:PORT")
    parser.add_argument("--ca", help="PEM of the authority that signed the server's certificate: TLS")
    parser.add_argument("--cert", help="PEM of this client's certificate")
    parser.add_argument("--key", help="PEM of its private key")


def connect(server, ca=None, cert=None, key=None):
    """A channel to unix:PATH, or by TLS to HOST:PORT."""
    options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.enable_http_proxy", 0),
               ("grpc.use_local_subchannel_pool", 1)]  # a new channel is a new connection
    if server.startswith("unix:"):
        return grpc.insecure_channel(server, options)
    if not ca:
        raise ValueError("a server that is not a Unix socket is reached by TLS: --ca is missing")
    read = lambda path: pathlib.Path(path).read_bytes() if path else None  # noqa: E731
    return grpc.secure_channel(server, grpc.ssl_channel_credentials(read(ca), read(key), read(cert)), options)


def structure(number, name, contours, frame, interpreted_type=""):
    """One ROI. contours: of each, x, y, z of every point in turn, mm (DICOM LPS)."""
    out = structures_pb2.Structure(roi_number=number, name=name, interpreted_type=interpreted_type,
                                   frame_of_reference_uid=frame)
    for points in contours:
        out.contours.add(geometric_type=structures_pb2.Contour.CLOSED_PLANAR, points_mm=points)
    return out


class Dose:
    """A grid: its header (dosegate.v1.DoseHeader) and its values, an array.array of one of these types."""
    TYPES = {"f": dose_pb2.DoseValues.FLOAT32, "d": dose_pb2.DoseValues.FLOAT64, "H": dose_pb2.DoseValues.UINT16,
             "I": dose_pb2.DoseValues.UINT32}

    def __init__(self, header, values):
        if sys.byteorder != "little":
            values = array.array(values.typecode, values)
            values.byteswap()
        self.values = memoryview(values).cast("B")
        self.header = dose_pb2.DoseHeader()
        self.header.CopyFrom(header)
        self.header.values.CopyFrom(dose_pb2.DoseValues(type=self.TYPES[values.typecode], size_bytes=len(self.values),
                                                        sha256=hashlib.sha256(self.values).hexdigest()))

    def chunks(self):
        for at in range(0, len(self.values), CHUNK_BYTES):
            yield dose_pb2.DoseChunk(offset_bytes=at, data=bytes(self.values[at:at + CHUNK_BYTES]))


def metadata(affinity):
    """What a load balancer in front of several servers chooses by: the same text, the same server."""
    return (("dosegate-key", affinity),) if affinity else ()


def check_plan(channel, plan, structures, dose, options=None, record=None, affinity="", timeout=60, more_plans=(),
               more_doses=()):
    """The whole case in one call, for a gate: dosegate.v1.CheckPlanResponse, or grpc.RpcError. Of several plans or doses
    each has its own name_in_case; a case with several is held and listed, and refused by every rule that needs one."""
    def requests():
        request = service_pb2.CheckPlanRequest
        yield request(open=request.Open(plan=plan, options=options, record=record))
        for p in more_plans:
            yield request(plan=p)
        for s in structures:
            yield request(structure=s)
        for d in (dose, *more_doses):
            yield request(dose=d.header)
            for chunk in d.chunks():
                yield request(chunk=chunk)
    return service_pb2_grpc.PlanCheckServiceStub(channel).CheckPlan(requests(), timeout=timeout,
                                                                    metadata=metadata(affinity))


def why(error):
    """What went wrong, in one line: an exception, or the google.rpc.Status of a Refused."""
    if isinstance(error, status_pb2.Status):
        status, text = error, error.message
    elif isinstance(error, grpc.RpcError):
        status, text = status_pb2.Status(), f"{error.code().name}: {error.details()}"
        status.ParseFromString(dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b""))
    else:
        return str(error)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info) or detail.Unpack(bad)
    more = [info.reason] if info.reason else []
    more += [v.field for v in bad.field_violations]
    return text + (f" ({', '.join(more)})" if more else "")


class Session:
    """A planning session that outlives its connection: where that is lost, next() makes a new one, resumes, and sends again
    what the server has not taken; where the server no longer knows the session (it was restarted), everything.

    connect: called without arguments, gives a channel. affinity: see metadata(). opened: the server's Opened.
    """

    def __init__(self, connect, affinity="", heartbeat_seconds=10, **open_fields):
        self._connect, self._affinity, self._heartbeat = connect, affinity, heartbeat_seconds
        self._open = dict(open_fields, heartbeat_seconds=heartbeat_seconds)  # of PlanningSessionRequest.Open
        self._state = {}  # the last event of each thing sent: what -> (event, function that gives its messages)
        self._event = 0
        self._heard = True
        self.opened = None
        self._begin(_Request.Open(**self._open))

    def plan(self, plan):
        return self._send(("plan", plan.name_in_case), lambda: [dict(plan=plan)])

    def remove_plan(self, name_in_case=""):
        return self._send(("plan", name_in_case), lambda: [dict(remove=_Request.Remove(plan=name_in_case))])

    def record(self, record):
        return self._send("record", lambda: [dict(record=record)])

    def structure(self, s):
        return self._send(("structure", s.structure_set, s.roi_number), lambda: [dict(structure=s)])

    def remove_structure(self, number, structure_set=""):
        remove = _Request.RemoveStructure(roi_number=number, structure_set=structure_set)
        return self._send(("structure", structure_set, number), lambda: [dict(remove_structure=remove)])

    def remove_structure_set(self, structure_set=""):
        for what in [what for what in self._state if what[:2] == ("structure", structure_set)]:
            del self._state[what]
        remove = _Request.Remove(structure_set=structure_set)
        return self._send(("structure set", structure_set), lambda: [dict(remove=remove)])

    def dose(self, dose):
        def messages():
            yield dict(dose=dose.header)
            for chunk in dose.chunks():
                yield dict(chunk=chunk)
        return self._send(("dose", dose.header.name_in_case), messages)

    def expect_dose(self, header):
        """The dosegate.v1.DoseHeader of a dose that is still being computed, its values' sha256 left out: the update on the first
        dose of that grid then comes as soon as that on any later one."""
        return self._send(("expected dose",), lambda: [dict(expected_dose=header)])

    def remove_dose(self, name_in_case=""):
        return self._send(("dose", name_in_case), lambda: [dict(remove=_Request.Remove(dose=name_in_case))])

    def next(self):
        """The next Update or Refused. Raises grpc.RpcError or TimeoutError where the server ends the session, or the
        connection is lost and resuming fails; called again it resumes."""
        while True:
            try:
                # The server sends a heartbeat when it has nothing else to send: silence is a lost connection.
                response = self._received.get(timeout=3 * self._heartbeat)
            except queue.Empty:
                response = None
            if response is None or isinstance(response, grpc.RpcError):
                self._received.put(None)  # what a further next() finds if this one raises
                if response is not None and (response.code() not in _LOST or not self._heard):
                    raise response
                self.resume()
                continue
            self._heard = True
            if response.WhichOneof("part") != "heartbeat":
                return getattr(response, response.WhichOneof("part"))

    def resume(self):
        """Makes a new connection and goes on where the session was."""
        self._drop()
        self._heard = False  # a connection that breaks again before it says anything is not resumed
        try:
            self._begin(_Request.Open(resume=self.opened.name, heartbeat_seconds=self._heartbeat))
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.NOT_FOUND:
                raise
            self._drop()
            self._begin(_Request.Open(**self._open))
        for event, messages in sorted(self._state.values(), key=lambda e: e[0]):
            if event > self.opened.event:
                self._put(event, messages)

    def close(self):
        """Ends the session: the server forgets it."""
        self._requests.put(None)
        self._reader.join(timeout=self._heartbeat)
        self._channel.close()

    def _send(self, what, messages):
        self._event += 1
        self._state[what] = (self._event, messages)
        self._put(self._event, messages)
        return self._event

    def _put(self, event, messages):
        self._requests.put((event, messages))

    def _begin(self, open_message):
        requests, received = queue.SimpleQueue(), queue.SimpleQueue()

        def sent():
            yield _Request(open=open_message)
            while (item := requests.get()) is not None:
                event, messages = item
                for message in messages():
                    # A chunk belongs to the event before it and carries no number of its own.
                    yield _Request(event=0 if "chunk" in message else event, **message)

        def read():
            try:
                for response in call:
                    received.put(response)
                received.put(None)
            except grpc.RpcError as error:
                received.put(error)

        self._requests, self._received = requests, received
        self._channel = self._connect()
        call = self._call = service_pb2_grpc.PlanCheckServiceStub(self._channel).PlanningSession(
            sent(), metadata=metadata(self._affinity))
        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        try:
            first = received.get(timeout=3 * self._heartbeat)
        except queue.Empty:
            first = None
        if first is None or isinstance(first, grpc.RpcError):
            received.put(None)  # what next() finds if it is called again
            raise first or TimeoutError("the server does not answer")
        self.opened = first.opened

    def _drop(self):
        self._call.cancel()  # before the requests end: their end would end the session
        self._channel.close()
        self._requests.put(None)
