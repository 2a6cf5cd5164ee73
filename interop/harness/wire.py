"""The wire contract, decoded by Google's protobuf from the project's own proto file."""

import importlib
import sys

from . import places

PROTO = places.REPOSITORY / "proto" / "driveningress.proto"


def _generate():
    folder = places.CACHE / "proto"
    module = folder / "driveningress_pb2.py"
    if not module.exists() or module.stat().st_mtime < PROTO.stat().st_mtime:
        from grpc_tools import protoc

        folder.mkdir(parents=True, exist_ok=True)
        arguments = ["protoc", f"--proto_path={PROTO.parent}", f"--python_out={folder}", PROTO.name]
        if protoc.main(arguments) != 0:
            raise SystemExit(f"{PROTO.name} does not compile")
    sys.path.insert(0, str(folder))
    return importlib.import_module("driveningress_pb2")


pb = _generate()


def decode(raw):
    return pb.Message.FromString(raw)


def configure(sample_rate=16000, **fields):
    message = pb.Message(type=pb.MESSAGE_CLIENT_CONFIGURE_SESSION)
    message.client_configure_session.CopyFrom(pb.ClientConfigureSession(sample_rate=sample_rate, **fields))
    return message.SerializeToString()


def audio(req_id, data, end=False):
    message = pb.Message(type=pb.MESSAGE_CLIENT_AUDIO_INPUT)
    message.client_audio_input.CopyFrom(pb.ClientAudioInput(req_id=req_id, audio=data, end=end))
    return message.SerializeToString()


def interrupt(req_id):
    message = pb.Message(type=pb.MESSAGE_CLIENT_INTERRUPT)
    message.client_interrupt.req_id = req_id
    return message.SerializeToString()


BLENDSHAPES = (
    "eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft "
    "eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight "
    "jawForward jawLeft jawRight jawOpen mouthClose mouthFunnel mouthPucker mouthLeft mouthRight "
    "mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight "
    "mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper "
    "mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight "
    "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft "
    "cheekSquintRight noseSneerLeft noseSneerRight tongueOut"
).split()
JAW_OPEN = BLENDSHAPES.index("jawOpen")
