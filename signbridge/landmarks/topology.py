"""MediaPipe Holistic's layout, written once: every landmark index has its name here."""

from __future__ import annotations

N_POINTS = 543
FACE = slice(0, 468)
LEFT_HAND = slice(468, 489)
POSE = slice(489, 522)
RIGHT_HAND = slice(522, 543)

# Pose points (BlazePose order), as indices into the 543 points.
NOSE = 489
LEFT_EYE, RIGHT_EYE = 489 + 2, 489 + 5
LEFT_EAR, RIGHT_EAR = 489 + 7, 489 + 8
MOUTH_LEFT, MOUTH_RIGHT = 489 + 9, 489 + 10
LEFT_SHOULDER, RIGHT_SHOULDER = 489 + 11, 489 + 12
LEFT_ELBOW, RIGHT_ELBOW = 489 + 13, 489 + 14
LEFT_WRIST, RIGHT_WRIST = 489 + 15, 489 + 16
LEFT_HIP, RIGHT_HIP = 489 + 23, 489 + 24

# Pose points that swap when a picture is flipped: (left, right) BlazePose numbers.
POSE_PAIRS = (
    (1, 4), (2, 5), (3, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16),
    (17, 18), (19, 20), (21, 22), (23, 24), (25, 26), (27, 28), (29, 30), (31, 32),
)  # fmt: skip

# Hand points, as indices into one hand's 21 points.
HAND_POINTS = 21
WRIST = 0
THUMB_TIP, INDEX_TIP, MIDDLE_TIP, RING_TIP, PINKY_TIP = 4, 8, 12, 16, 20
INDEX_MCP, MIDDLE_MCP, RING_MCP, PINKY_MCP = 5, 9, 13, 17
FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
HAND_EDGES = (
    (0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6), (6, 7), (7, 8), (5, 9), (9, 10), (10, 11),
    (11, 12), (9, 13), (13, 14), (14, 15), (15, 16), (13, 17), (17, 18), (18, 19), (19, 20),
    (0, 17), (0, 9), (0, 13),
)  # fmt: skip
