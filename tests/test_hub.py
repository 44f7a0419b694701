"""Nothing is downloaded, and each name says so; the directory is PyTorch's."""

import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("call", ["hub.load", "hub.list", "hub.help", "hub.download_url_to_file", "hub.load_state_dict_from_url"])
def test_what_is_refused(call):
    with pytest.raises(NotImplementedError, match=f"torch.{call}: "):
        getattr(minitorch_bp.hub, call.removeprefix("hub."))(*["a", "b"][: 1 if call == "hub.list" else 2])
    with pytest.raises(NotImplementedError, match="downloads"):
        minitorch_bp.utils.model_zoo.load_url("a")


def test_the_directory(monkeypatch):
    monkeypatch.setenv("TORCH_HOME", "there")
    minitorch_bp.hub._directory.clear()
    assert minitorch_bp.hub.get_dir() == torch.hub.get_dir()
    for t in (minitorch_bp, torch):
        t.hub.set_dir("here")
        assert t.hub.get_dir() == "here"
