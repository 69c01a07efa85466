"""A webcam's live picture with a drawing over it, as the tabs that look at signers have it."""

from __future__ import annotations

import gradio as gr


def camera_stage(stage_id: str, camera_id: str, overlay_id: str) -> tuple[gr.Image, gr.HTML]:
    """Lay out the camera, un-mirrored, and what is drawn over it, where it is called."""
    with gr.Group(elem_id=stage_id):
        camera = gr.Image(
            streaming=True,
            sources=["webcam"],
            label="Camera",
            show_label=False,
            elem_id=camera_id,
            webcam_options=gr.WebcamOptions(
                mirror=False,
                constraints={"video": {"width": {"ideal": 640}, "height": {"ideal": 480}}},
            ),
        )
        return camera, gr.HTML(elem_id=overlay_id)
