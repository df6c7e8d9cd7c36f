"""Refusals of operations on tensors and of their walks: a sentence each, by kind."""

SENTENCES: dict[str, str] = {
    # windows
    "window_axes": "{name} must be a whole number or one per axis (1 to 3 axes); got {value}.",
    "window_mixed_axes": "All settings of a window need the same number of axes; got {axes}.",
    "window_low": "{name} must be at least {low}; got {value}.",
    "window_input_axes": "The window has {axes} axes but the input has {input_axes}: {shape}.",
    "window_input_empty": "Every side of the input must be at least 1; got {shape}.",
    "window_too_large": (
        "A kernel of {kernel_size} with dilation {dilation} spans {extent} cells, but the padded "
        "input has only {padded}. Choose a smaller kernel or dilation, or more padding."
    ),
    "cell_outside": "Cell {cell} lies outside the shape {shape}.",
    "output_padding": (
        "The output padding chooses among the sizes that a stride of {stride} takes to one: "
        "it must be smaller than the stride or the dilation: 0 to {most}; got {output_padding}."
    ),
    "painting_large": (
        "To watch every stroke takes {numbers} numbers; at most {most} are shown. Choose a smaller "
        "input, kernel or stride."
    ),
    "transposed_empty": (
        "The painted canvas has {canvas} cells on a side, and a padding of {padding} crops twice "
        "that: nothing would be left. Choose less padding or a larger kernel."
    ),
    # correlation
    "correlate_axes": (
        "The input has shape {x} and the kernel {kernel}: give (*spatial) with (*kernel_size), "
        "or (C, *spatial) with (O, C/groups, *kernel_size), with 1 to 3 spatial axes."
    ),
    "correlate_kernel": "The kernel is {kernel} but the window says kernel_size {kernel_size}.",
    "correlate_channels": (
        "{channels} input channels in {groups} groups need a kernel with {expected} channels; "
        "it has {found}."
    ),
    "correlate_groups": (
        "groups must divide the {channels} input and the {outputs} output channels; got {groups}."
    ),
    "correlate_bias": "The bias needs one number per output channel ({outputs}); got {found}.",
    "padding_mode": "There is no padding mode called {mode}; choose one of {allowed}.",
    "padding_mode_room": (
        "The padding mode {mode} copies cells of the input, so on a side of {n} cells the padding "
        "may be at most {most}; got {padding}. Choose less padding, or zeros."
    ),
    "not_finite": "Only finite numbers can be computed with and shown; this is NaN or infinite.",
    "step_outside": "Step {step} does not exist: this walk has {steps} steps, counted from 0.",
    "cell_range": "A cell must lie between −{largest} and {largest}; this number is beyond.",
    "edit_damaged": "That edit did not arrive whole, so nothing was changed. Please try again.",
    # pooling
    "pool_mode": "There is no pooling called {mode}; choose one of {allowed}.",
    "pool_axes": (
        "Pooling takes (*spatial) or (C, *spatial) with 1 to 3 spatial axes, as many as the "
        "window has; got {shape} for a window of {axes} axes."
    ),
    "pool_padding": (
        "Pooling may pad by at most half its window, or a window could hold nothing but padding: "
        "for a window of {kernel_size} cells at most {most}; got {padding}."
    ),
    "pool_nothing": (
        "A window lies on nothing but padding, which has no largest cell. Choose less dilation or "
        "padding."
    ),
    "pool_small": (
        "PyTorch's average pooling over three axes needs an input at least as large as its window "
        "of {kernel_size} cells; got {n}."
    ),
    "pool_dilation": "Average pooling has no dilation (PyTorch has none either); got {dilation}.",
    "shift_border": "There is no border called {border}; choose one of {allowed}.",
    # channels
    "pointwise_shapes": (
        "A 1×1 convolution needs (c_in, h, w) and a kernel (c_out, c_in, 1, 1); got {x} and "
        "{kernel}."
    ),
    "compose_shapes": (
        "Two kernels in a row are (k, k) twice, or (c_mid, c_in, k, k) and (c_out, c_mid, k, k); "
        "got {first} and {second}."
    ),
    "compose_large": (
        "The one kernel that equals the two is {kernel}, but the plane is only {x}. Choose smaller "
        "kernels or a larger input."
    ),
    "stack_rgb": (
        "These kernels weigh red, green and blue, so they need 3 input channels; there are {c_in}. "
        "Choose the photo, or other kernels."
    ),
    "stack_count": (
        "{c_out} output and {c_in} input channels need {expected} kernel planes; there are {found}."
    ),
    # kernels
    "kernel_unknown": "There is no kernel called {name}; choose one of {allowed}.",
    "direction_zero": "A direction needs a length: (0, 0) points nowhere.",
    # layers
    "layer_kind": "There is no layer called {name}; choose one of {allowed}.",
    "layer_avg_dilation": "An average pooling has no dilation; got {dilation}.",
    "layer_pool_padding": (
        "The padding of a pooling is at most half of its kernel, here {most}; got {padding}."
    ),
    "layer_too_large": (
        "Layer {layer} spans {extent} cells along each side, but what reaches it is {size}, with "
        "its padding {padded}. Choose a smaller kernel or dilation, more padding, a larger "
        "picture, or leave the layer out."
    ),
    # signals
    "signal_length": "A signal has 1 to {high} samples; got {n}.",
    "frequency_range": (
        "At this sampling rate a tone may have 0 to {high} Hz, half of the rate; got {frequency}."
    ),
    # learning
    "learn_shapes": (
        "A kernel of {kernel_size} over {x} gives {expected}, but the target has shape {y}."
    ),
    "learn_lr": "The learning rate must be a positive number; got {lr}.",
    "learn_steps": "The number of updates must be from {low} to {high}; got {steps}.",
    # four views
    "views_outputs": (
        "That makes {outputs} output cells, so the sparse matrix would have as many rows; up to "
        "{most} can be told apart here. Use less padding or a larger stride."
    ),
    # between the convolutions
    "activation_unknown": "There is no activation called {name}; choose one of {allowed}.",
    "batch_axes": "Batch normalisation needs a batch (N, C, H, W) that is not empty; got {shape}.",
    "batch_single": (
        "A channel of {shape} has a single value, which has no variance. Use a larger batch."
    ),
    "batch_size": "A batch has 1 to {most} images; got {size}.",
    "batch_momentum": "The momentum must be from 0 to 1; got {momentum}.",
    "batch_scale": "{channels} channels need as many γ and β; got {gamma} and {beta}.",
    "dropout_p": "p must be at least 0 and less than 1, or 1/(1−p) has no value; got {p}.",
    "softmax_axes": "Softmax needs a vector of at least one logit; got the shape {shape}.",
    "softmax_temperature": "The temperature must be a positive number; got {temperature}.",
    # dense to convolution
    "delta_range": "Δ must be from 0 to {high} for a side of {side}; got {delta}.",
    "half_unknown": "A picture has no half called {half}; choose one of {allowed}.",
    "shapes_epochs": "The number of epochs must be from {low} to {high}; got {epochs}.",
}
