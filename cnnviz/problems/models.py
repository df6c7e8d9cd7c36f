"""Refusals of networks and their shape tables: a sentence each, by kind."""

SENTENCES: dict[str, str] = {
    # shape tables
    "row_input": "An input has a shape of 1 to 4 whole numbers, each at least 1; got {shape}.",
    "row_axes": (
        "This layer slides over {axes} axes besides the channels, but what reaches it is {shape}. "
        "Move the flattening behind it, or take the layer of the other dimension."
    ),
    "row_channels": (
        "This layer expects {expected} channels, but {found} reach it. Make the layer before give "
        "{expected}, or this one take {found}."
    ),
    "row_features": (
        "This layer expects {expected} numbers along the last axis, but what reaches it is "
        "{shape}: flattened {flat}. Make it take {flat}, or choose the input size for which it "
        "was made."
    ),
    "row_window": (
        "The window spans {extent}, but what reaches it is only {size}, with its padding {padded}. "
        "Choose a larger input, more padding, less stride before, or leave layers out."
    ),
    "row_batch": "The batch cannot be flattened away: start at dimension 1.",
    "row_add": (
        "{first} and {second} cannot be added cell by cell: a shortcut past a stride or to other "
        "channels needs a 1×1 convolution with that stride."
    ),
    "row_concat": (
        "{shapes} cannot be put side by side: all branches need the same height and width."
    ),
    "row_huge": (
        "This layer would hold {numbers} numbers, {terabytes} TB of them. Choose fewer channels, "
        "or a smaller input."
    ),
    "row_lazy": (
        "This network has lazy layers, which get their sizes from the first input. Run it once, "
        "then ask again."
    ),
    "row_failed": "PyTorch refuses this operation: {reason}",
    # networks
    "network_unknown": "There is no network called {name}; choose one of {allowed}.",
    "option_unknown": "This network has no option called {name}; it has {allowed}.",
    "option_value": "{name} may be {allowed}; got {value}.",
    "option_lengths": (
        "{one} and {other} need as many numbers as each other, one for every stage; got {first} "
        "and {second}."
    ),
    "free_many": "A network of one's own has up to {most} blocks; got {count}.",
    "free_word": "{word} is no block; a block starts with one of {allowed}.",
    "free_letter": "{word} has a letter {letter}; this block's letters are {allowed}.",
    "free_range": "In {word}, {name} must be from {low} to {high}; got {number}.",
    "free_padding": (
        "In {word}, the padding may be at most half of the kernel, here {most}; got {padding}."
    ),
    "free_flat": (
        "After a dense layer there are no rows and columns left for {word} to work on. Move it "
        "before the first linear block."
    ),
    "free_groups": "{word} cannot be built: {reason}",
    # function classes
    "class_family": "There is no family of functions called {name}; choose one of {allowed}.",
    "class_size": "A class has a size from 1 to {most}; got {size}.",
    "depth_range": "From 1 to {most} blocks can stand in a row; got {depth}.",
    "norm_one_cell": (
        "Batch norm subtracts the mean of a channel, and of a single cell that leaves 0 whatever "
        "it holds. Choose an input of at least two cells, or blocks without batch norm."
    ),
    # blocks
    "block_unknown": "There is no block called {name}; choose one of {allowed}.",
    "block_groups": (
        "{groups} groups do not divide {channels} channels equally. Choose groups that do."
    ),
    "block_shortcut": (
        "A bare shortcut adds the input as it is, but the block makes {c_out} channels of {c_in} "
        "with stride {stride}: the shapes differ, so they cannot be added. Put a 1 × 1 convolution "
        "on the shortcut, or keep the channels and stride 1."
    ),
}
