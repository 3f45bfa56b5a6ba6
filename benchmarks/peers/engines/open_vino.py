"""OpenVINO: a saved IR, compiled for latency; its weights are mapped from the file."""
import openvino

HINTS = {"fp32": "f32", "bf16": "bf16"}


def save(net, x, path, setting, precision):
    model = openvino.convert_model(net, example_input=x, input=[tuple(x.shape)])
    openvino.save_model(model, path, compress_to_fp16=False)


def load(path, setting, precision, threads):
    compiled = openvino.Core().compile_model(path, "CPU", {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": HINTS[precision],
    })
    request = compiled.create_infer_request()
    return lambda array: request.infer([array], share_inputs=True, share_outputs=True)[0]
