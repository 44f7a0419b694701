"""Write tests/vision/golden.npz and golden.json: what torchvision gives, for machines where it is not installed.

Run ``python tests/vision/make_golden_vision.py`` with torchvision 0.28.0, the one of PyTorch 2.13.0.
"""

import hashlib
import json
import pathlib
import random
import warnings

import numpy as np

HERE = pathlib.Path(__file__).parent
#: What both versions of the transforms have. H is the module of the transforms, I InterpolationMode.
BOTH = """Resize(6); Resize((5,14)); Resize(20); Resize(6,max_size=7); Resize((4,7),interpolation=I.NEAREST); Resize((4,7),interpolation=I.BICUBIC)
Resize(14,interpolation=I.BICUBIC); Resize((4,20),interpolation=I.NEAREST_EXACT); Resize(6,antialias=False); CenterCrop(5); CenterCrop(16)
CenterCrop((4,20)); FiveCrop(4); TenCrop((3,4),vertical_flip=True); Pad(2); Pad((1,2,3,4),fill=7); Pad(3,padding_mode='edge')
Pad(3,padding_mode='reflect'); Pad((3,2),padding_mode='symmetric'); Grayscale(); RandomCrop(5); RandomCrop(9,padding=2)
RandomCrop((12,14),pad_if_needed=True); RandomHorizontalFlip(); RandomVerticalFlip(); RandomGrayscale(0.5); RandomInvert(); RandomAutocontrast()
RandomAdjustSharpness(2); RandomResizedCrop(7); RandomResizedCrop((4,9),scale=(.5,1),ratio=(1,1)); RandomResizedCrop(8,scale=(4,5))
RandomRotation(30); RandomRotation((10,20),interpolation=I.BILINEAR,fill=9); RandomRotation(45,expand=True); RandomRotation(30,fill=(1,2,3),center=(1,2))
RandomAffine(10,translate=(.1,.2),scale=(.8,1.2),shear=10,interpolation=I.BILINEAR); RandomAffine(0,shear=(-5,5,-4,4),fill=5); RandomAffine((5,9),center=(2,3))
ColorJitter(.5); ColorJitter(.2,.3,.4,.1); ColorJitter(contrast=(.5,.6),hue=(-.5,.5)); ColorJitter(saturation=2); RandomPerspective(p=1)
RandomPerspective(.6,fill=3,interpolation=I.NEAREST); GaussianBlur(3); GaussianBlur((5,7),sigma=1.5); ElasticTransform(30.,1.)
RandomApply([H.RandomHorizontalFlip(1)],p=.3); RandomChoice([H.RandomVerticalFlip(1),H.Pad(1)])
RandomOrder([H.CenterCrop(7),H.Pad(1),H.RandomHorizontalFlip()]); Compose([H.Resize(8),H.RandomCrop(5)])"""
BYTES = "RandomSolarize(100); RandomEqualize(); RandomPosterize(3); RandAugment(1); TrivialAugmentWide(); TrivialAugmentWide(interpolation=I.BILINEAR)"  # not of floats
TENSORS = "RandomErasing(p=1); RandomErasing(p=.6,value='random'); RandomErasing(1,value=(1,2,3),scale=(.1,.2))"
FLOATS = "Normalize((.5,.4,.3),(.2,.2,.2))"
SECOND = """RandomZoomOut(p=1); ScaleJitter((9,9),(.5,1.5)); RandomShortestSize([4,6,8]); RandomShortestSize(6,max_size=7); RandomResize(4,9)
RandomChannelPermutation(); RandomPhotometricDistort(); RGB(); GaussianNoise()"""
SEEDS = (0, 3)
MODELS = "resnet18(num_classes=5); resnet50(num_classes=5); mobilenet_v2(num_classes=5); squeezenet1_1(num_classes=5); alexnet(num_classes=5); vgg11_bn(num_classes=5)"


def split(text):
    return [part.strip() for line in text.splitlines() for part in line.split(";") if part.strip()]


def cases():
    """``(version, kind of image, call)`` of everything."""
    for version in ("v1", "v2"):
        for kind in ("pil", "uint8", "float32"):
            calls = split(BOTH) + (split(BYTES) if kind != "float32" else []) + (split(TENSORS) if kind != "pil" else [])
            calls += split(FLOATS) if kind == "float32" else []
            calls += split(SECOND) if version == "v2" else []
            for call in calls:
                if (kind, call) != ("pil", "GaussianNoise()"):
                    yield version, kind, call


def picture():
    """A small picture that is smooth in one half and noise in the other."""
    y, x = np.mgrid[0:9, 0:11]
    smooth = np.stack([x * 20, y * 25, (x + y) * 12], -1)
    noise = np.random.default_rng(0).integers(0, 256, (9, 11, 3))
    return np.where((x > 5)[..., None], noise, smooth).astype(np.uint8)


def image(torch, kind):
    if kind == "pil":
        from PIL import Image

        return Image.fromarray(picture())
    tensor = torch.from_numpy(np.ascontiguousarray(picture().transpose(2, 0, 1)))
    return tensor if kind == "uint8" else tensor / 255


def arrays(out):
    """What a transform gave, as a list of arrays."""
    if isinstance(out, (tuple, list)):
        return [a for o in out for a in arrays(o)]
    return [out.numpy() if hasattr(out, "numpy") else np.asarray(out)]


def results(torch, transforms, v2, case):
    """The text of a transform, and per seed its results and the next random number."""
    version, kind, call = case
    module = transforms if version == "v1" else v2
    transform = eval("H." + call, {"H": module, "I": transforms.InterpolationMode})
    found = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        random.seed(seed)
        found.append((arrays(transform(image(torch, kind))), torch.rand(1).item()))
    return repr(transform), found


def of_model(torch, models, call):
    """Digests of a model's names and initial values, and a few numbers that it gives."""
    torch.manual_seed(1)
    model = eval("models." + call, {"models": models})
    state = model.state_dict()
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(v.numpy()).tobytes() for v in state.values())).hexdigest()
    model.eval()
    x = torch.linspace(-1, 1, 2 * 3 * 64 * 64).view(2, 3, 64, 64)
    with torch.no_grad():
        out = model(x)
    return {"keys": hashlib.sha256(" ".join(state).encode()).hexdigest(), "values": digest, "output": out.flatten().tolist()}


if __name__ == "__main__":
    import torch
    from torchvision import models, transforms
    from torchvision.transforms import v2

    warnings.simplefilter("ignore")
    stored, texts = {}, {}
    for case in cases():
        texts["|".join(case)], found = results(torch, transforms, v2, case)
        for seed, (parts, following) in zip(SEEDS, found, strict=True):
            for k, part in enumerate([*parts, np.float32(following)]):
                stored["|".join([*case, str(seed), str(k)])] = part
    # one array per dtype, and where each result stands in it
    flat, index = {}, {}
    for name, array in stored.items():
        dtype = str(array.dtype)
        flat.setdefault(dtype, []).append(np.ravel(array))
        index.setdefault(name.rpartition("|")[0], []).append([dtype, sum(map(len, flat[dtype][:-1])), *array.shape])
    np.savez_compressed(HERE / "golden.npz", **{d: np.concatenate(parts) for d, parts in flat.items()})
    numbers = {call: of_model(torch, models, call) for call in split(MODELS)}
    (HERE / "golden.json").write_text(json.dumps({"texts": texts, "index": index, "models": numbers}, separators=(",", ":")) + "\n")
