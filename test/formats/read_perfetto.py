"""A trace on standard input, decoded with Perfetto's own descriptors, as JSON: tracks and their events in file order."""

import json
import sys

from google.protobuf.json_format import MessageToDict
from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as pb

Event = pb.TrackEvent
trace = pb.Trace()
trace.ParseFromString(sys.stdin.buffer.read())

tracks, names, annotations, unknown, cleared = {}, {}, {}, 0, False
for packet in trace.packet:
    unknown += packet.ByteSize() != len(packet.SerializeToString())
    flags = packet.sequence_flags
    if flags & pb.TracePacket.SEQ_INCREMENTAL_STATE_CLEARED:
        cleared, names, annotations = True, {}, {}
    assert cleared and flags & pb.TracePacket.SEQ_NEEDS_INCREMENTAL_STATE
    for entry in packet.interned_data.event_names:
        assert entry.iid not in names
        names[entry.iid] = entry.name
    for entry in packet.interned_data.debug_annotation_names:
        assert entry.iid not in annotations
        annotations[entry.iid] = entry.name
    if packet.HasField("track_descriptor"):
        one = packet.track_descriptor
        assert one.uuid not in tracks
        tracks[one.uuid] = MessageToDict(one, preserving_proto_field_name=True) | {
            "events": []
        }
    if packet.HasField("track_event"):
        event = packet.track_event
        kind = Event.Type.Name(event.type).removeprefix("TYPE_").lower()
        row = [packet.timestamp, kind]
        if event.type == Event.TYPE_COUNTER:
            field = event.WhichOneof("counter_value_field")
            row.append(getattr(event, field))
        elif event.type != Event.TYPE_SLICE_END:
            field = event.WhichOneof("name_field")
            row.append(names[event.name_iid] if field == "name_iid" else event.name)
            row.append(
                {
                    annotations[one.name_iid]: getattr(one, one.WhichOneof("value"))
                    for one in event.debug_annotations
                }
            )
        tracks[event.track_uuid]["events"].append(row)
json.dump({"tracks": list(tracks.values()), "names": len(names)}, sys.stdout)
