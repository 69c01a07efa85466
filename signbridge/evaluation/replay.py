"""Landmarks -> a translation: a landmark file goes through the same session as a clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from signbridge.clips import gather
from signbridge.compare.footage import Replay
from signbridge.events import Event
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.types import Frame, Landmarks, Translation


def translate_landmarks(engine: Engine, landmarks: Landmarks) -> Translation:
    """Return what landmarks say, without sound; recognizers that need pixels can't answer."""
    engine = replace(
        engine.without_pictures(), extractor=Replay(tuple(landmarks.points)), speaker=None
    )
    unseen = np.zeros((landmarks.height_px, landmarks.width_px, 3), np.uint8)
    session = Session(engine)
    events: list[Event] = []
    for row in range(len(landmarks.points)):
        events += session.push(Frame(unseen, landmarks.start_s + row / landmarks.fps))
    events += session.finish()
    return gather(events, engine, landmarks.fps, session.timings)
