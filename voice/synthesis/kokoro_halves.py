"""Kokoro's graph in two halves: how it is to be said (prosody), and the sound of that (decoder).

Cut apart, so that the second, 96 % of the work, need not compute the silence of more than a second
that the first plans around every clause. But it normalises by means over the whole time: without
the silence they shift, and soft syllables vanish. So those means are weighted here, and the frames
of silence that are kept stand for those that are not.
"""

from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper

ALIGNED = "/encoder/MatMul_1_output_0"
"""Float [1, 512, frames]: what is said in each frame of 25 ms."""
PITCH = "/encoder/Reshape_output_0"
"""Float [1, 2 · frames], in hertz."""
ENERGY = "/encoder/Reshape_1_output_0"
"""Float [1, 2 · frames]: about −9 in silence, above 0 in speech."""
WEIGHTS = "weights"
"""Float [1, 1, frames], of the decoder: how many frames each one stands for."""
_SEAM = {
    ALIGNED: helper.make_tensor_value_info(ALIGNED, TensorProto.FLOAT, [1, 512, "frames"]),
    PITCH: helper.make_tensor_value_info(PITCH, TensorProto.FLOAT, [1, "pitches"]),
    ENERGY: helper.make_tensor_value_info(ENERGY, TensorProto.FLOAT, [1, "energies"]),
}


def halves(path: Path) -> tuple[bytes, bytes]:
    """The prosody (tokens, style, speed → the seam) and the decoder (the seam, style → audio), each
    a model of its own. Raises `ValueError` when the file holds another graph."""
    model = onnx.load(path)
    seam = list(_SEAM)
    return (
        _cut(model, ["tokens", "style", "speed"], seam).SerializeToString(),
        _weighted(_cut(model, [*seam, "style"], ["audio"])).SerializeToString(),
    )


def _cut(model: ModelProto, inputs: Sequence[str], outputs: Sequence[str]) -> ModelProto:
    """What leads from `inputs` to `outputs`."""
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    known = _SEAM | {value.name: value for value in (*graph.input, *graph.output)}
    if missing := [name for name in (*inputs, *outputs) if name not in known] + [
        name for name in outputs if name not in makers
    ]:
        raise ValueError(f"no {missing[0]} in the graph")
    wanted, ahead = set(), list(outputs)
    while ahead:
        name = ahead.pop()
        node = makers.get(name)
        if name not in inputs and node is not None and node.output[0] not in wanted:
            wanted.add(node.output[0])
            ahead += node.input
    nodes = [node for node in graph.node if node.output[0] in wanted]
    used = {name for node in nodes for name in node.input}
    part = helper.make_graph(
        nodes,
        graph.name,
        [known[name] for name in inputs],
        [known[name] for name in outputs],
        [weights for weights in graph.initializer if weights.name in used],
    )
    return helper.make_model(part, opset_imports=model.opset_import, ir_version=model.ir_version)


def _weighted(model: ModelProto) -> ModelProto:
    """Every mean over time, weighted: x · w / Σw, with the weights drawn out to the time of x."""
    graph = model.graph
    graph.input.append(helper.make_tensor_value_info(WEIGHTS, TensorProto.FLOAT, [1, 1, "frames"]))
    graph.initializer.append(helper.make_tensor("one_one", TensorProto.INT64, [2], [1, 1]))
    graph.initializer.append(helper.make_tensor("two", TensorProto.INT64, [1], [2]))
    nodes: list[NodeProto] = []
    for node in graph.node:
        if node.op_type != "ReduceMean":
            nodes.append(node)
            continue
        of, mean = node.input[0], node.output[0]
        nodes += [
            helper.make_node("Shape", [of], [f"{mean}_shape"]),
            helper.make_node("Gather", [f"{mean}_shape", "two"], [f"{mean}_time"]),
            helper.make_node("Concat", ["one_one", f"{mean}_time"], [f"{mean}_sizes"], axis=0),
            helper.make_node(
                "Resize", [WEIGHTS, "", "", f"{mean}_sizes"], [f"{mean}_drawn"], mode="nearest"
            ),
            helper.make_node("ReduceSum", [f"{mean}_drawn"], [f"{mean}_sum"], keepdims=1),
            helper.make_node("Div", [f"{mean}_drawn", f"{mean}_sum"], [f"{mean}_row"]),
            helper.make_node("Transpose", [f"{mean}_row"], [f"{mean}_column"], perm=[0, 2, 1]),
            helper.make_node("MatMul", [of, f"{mean}_column"], [mean]),
        ]
    del graph.node[:]
    graph.node.extend(nodes)
    return model
