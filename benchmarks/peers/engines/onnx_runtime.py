"""ONNX Runtime: a saved ONNX file, every optimisation of the graph."""


def save(net, x, path, setting, precision):
    import torch
    torch.onnx.export(net, (x,), str(path), dynamo=True, external_data=True, verbose=False)


def load(path, setting, precision, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda array: session.run(None, {name: array})[0]
