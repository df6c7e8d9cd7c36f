"""Refusals that a page can say in the reader's language.

The core raises `Problem`, a `ValueError` whose text is a plain English sentence. It also
carries what the sentence was made of, so that the user interface can look up the same
sentence in another language under the key `problem.<kind>`.
"""

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
    # pictures
    "picture_format": (
        "This file is not a PNG, JPEG, WebP or BMP picture. Save the picture as one of these and "
        "choose it again."
    ),
    "picture_damaged": (
        "This picture is damaged or incomplete and cannot be read. Save or download it again, "
        "or choose another PNG, JPEG, WebP or BMP picture."
    ),
    "picture_huge": (
        "This picture has {width} × {height} pixels, {megapixels} megapixels; at most {limit} "
        "megapixels are allowed. Make it smaller and choose it again."
    ),
    "picture_heavy": (
        "This file is {megabytes} MB; at most {limit} MB are allowed. Make the picture smaller "
        "and choose it again."
    ),
    "picture_empty": (
        "This file is empty: it has 0 bytes. Choose a PNG, JPEG, WebP or BMP picture."
    ),
    "side_range": "The longer side must be from {low} to {high} pixels; got {side}.",
    "channel_unknown": "There is no channel called {channel}; choose one of {allowed}.",
    "picture_width": "A picture must be {low} to {high} pixels wide; got {width}.",
    # data sets
    "dataset_unknown": "There is no data set called {name}; choose one of {allowed}.",
    "split_unknown": "A data set has no part called {split}; choose one of {allowed}.",
    "label_range": "There are {count} classes, counted from 0; there is no class {label}.",
    "item_range": "This class has {count} images, counted from 0; there is no image {nth}.",
    "data_missing": (
        "The whole of {name} is not on this computer. Download it ({megabytes} MB), put it into "
        "the folder that CNNVIZ_DATA names, or take a set that comes with the app."
    ),
    "data_damaged": (
        "The files of {name} are damaged, or are not what their names say. Remove them and get "
        "them again."
    ),
    "download_failed": (
        "{name} could not be downloaded: {reason}. Look at the connection and the free space on "
        "the disk, and try again."
    ),
    "shapes_place": "A shape has no place called {place}; choose one of {allowed}.",
    "own_digest": (
        "This is not the number of a set of pictures: that has 64 digits from 0 to f. Choose the "
        "zip of your pictures again."
    ),
    "own_missing": (
        "These pictures are not, or no longer, on this computer. Choose their zip again."
    ),
    "own_full": (
        "There is no room left on the disk for these pictures. Make them smaller, or tell whoever "
        "looks after this server."
    ),
    # one's own pictures
    "own_side": "The pictures may be made {low} to {high} pixels large; got {side}.",
    "own_classes": (
        "There must be at least two folders with pictures in them, one for each class; found "
        "{found}. Make a folder for each class, put its PNG, JPEG, WebP or BMP pictures into it, "
        "and zip the folders together."
    ),
    "own_many": (
        "There are {found} folders with pictures, and up to {most} classes can be told apart "
        "here. Leave some out."
    ),
    "own_few": (
        "The class {name} has {found} pictures that can be read and used for training; it needs "
        "at least {needed}. Add pictures to its folder, or leave it out."
    ),
    "own_pixels": (
        "All pictures together have more than {most} megapixels. Make them smaller, or take "
        "fewer; 256 pixels on a side are enough."
    ),
    "zip_format": (
        "This file is not a zip, or is damaged. Zip the folders with your pictures, and choose "
        "the zip."
    ),
    "zip_damaged": (
        "The files in this zip overlap, as no program that makes zips leaves them. Zip the "
        "folders again."
    ),
    "zip_large": (
        "This zip has {megabytes} MB; up to {limit} MB are allowed. Make the pictures smaller, or"
        " take fewer."
    ),
    "zip_total": (
        "This zip would unpack to {megabytes} MB; up to {limit} MB are allowed. Make the pictures"
        " smaller, or take fewer."
    ),
    "zip_file": (
        "In this zip, {name} would unpack to {megabytes} MB; up to {limit} MB are allowed for a "
        "file. Make the picture smaller."
    ),
    "zip_entries": (
        "There are more than {limit} files and folders in this zip. Take fewer pictures."
    ),
    "zip_ratio": (
        "In this zip, {name} would unpack to {ratio} times its size, as no photograph does; up to"
        " {limit} times are allowed. Save it as PNG or JPEG and zip again."
    ),
    "zip_outside": (
        "In this zip, {name} names a place outside of its own folder. Zip the folders again, from"
        " where they lie."
    ),
    "zip_link": (
        "In this zip, {name} is a link or a device and not a file. Put the picture itself there "
        "and zip again."
    ),
    "zip_encrypted": "In this zip, {name} is encrypted. Zip the folders again without a password.",
    "zip_method": (
        "In this zip, {name} is compressed in a way that is not read here. Zip the folders again "
        "with the usual compression (deflate)."
    ),
    "zip_name": (
        "A name in this zip, {name}, is longer than {most} letters or has letters that are not "
        "seen. Rename the folder or file and zip again."
    ),
    # dense to convolution
    "delta_range": "Δ must be from 0 to {high} for a side of {side}; got {delta}.",
    "half_unknown": "A picture has no half called {half}; choose one of {allowed}.",
    "shapes_epochs": "The number of epochs must be from {low} to {high}; got {epochs}.",
    # training
    "recipe_damaged": (
        "This is not a recipe for a training. Copy the whole link again, or set the recipe anew."
    ),
    "device_missing": "There is no {device} on this computer; choose one of {allowed}.",
    "train_output": (
        "This network ends with {shape}, but {classes} classes need {classes} numbers. Let it end"
        " with a dense layer of {classes}."
    ),
    "train_one_value": (
        "In batches of {batch} out of {train} images, one batch has a single image, and then the "
        "batch norm {layer} gets one value a channel, which has no variance. Choose another batch"
        " size."
    ),
    "train_diverged": (
        "At step {step} the loss was {loss}: with a learning rate of {lr} the weights have run "
        "away. Take a smaller learning rate, a tenth of it for a start."
    ),
    "train_memory": (
        "The memory does not suffice for {batch} images at once at step {step}. Take a smaller "
        "batch, half of it for a start, or smaller images."
    ),
    "state_other": (
        "These weights belong to another recipe or network: {reason}. Continue with the recipe "
        "that they were trained by."
    ),
    "state_damaged": (
        "This file of weights is damaged or incomplete. Train again, or take an earlier one."
    ),
    "state_done": (
        "These weights have done {step} steps already, and the recipe has {steps}. Train for more"
        " epochs."
    ),
    "train_broken": (
        "The training broke off for a reason that we did not foresee; the server's log has it. Try "
        "another recipe, or tell whoever looks after this server."
    ),
    "train_lost": (
        "The process that trained this was ended three times from outside, most likely because the "
        "memory did not suffice. Take a smaller batch, smaller images or a smaller network."
    ),
    # runs
    "queue_reader": (
        "One of your trainings runs and another waits already; more is not possible at once. Wait "
        "for the end of one, or stop it."
    ),
    "queue_full": (
        "{most} trainings are waiting for their turn already. Try again in a few minutes, or open "
        "the link of a run that is there."
    ),
    "steps_budget": (
        "This recipe takes {steps} steps, and on this server a training may take {most}. Choose "
        "fewer epochs or pictures, or a larger batch; or install cnnviz on your own computer."
    ),
    "runs_full": (
        "There is no room left on the disk for another training. Try again later, or tell whoever "
        "looks after this server."
    ),
    "run_foreign": (
        "This run was begun by somebody else, so you can watch but not change it. Press Train to "
        "have it in your own list."
    ),
    "run_shared": (
        "{others} others asked for this run too, so it goes on for them. It ends when all have "
        "stopped it; your next training may begin meanwhile."
    ),
    "run_active": "This run is not at its end yet. Stop it first, then remove it.",
    "run_unknown": (
        "There is no run at this address, or no longer: old runs are cleared. Copy the whole link "
        "again, or train the recipe anew."
    ),
    # weights that a reader brings
    "weights_empty": (
        "This file is empty: it has 0 bytes. Choose a file of weights that ends in .safetensors."
    ),
    "weights_pickle": (
        "This is a pickle, as torch.save writes it (.pt, .pth): opening a pickle can run any "
        "program that is hidden in it, so none is opened here. Save the weights as safetensors "
        "instead: safetensors.torch.save_file(net.state_dict(), 'weights.safetensors')."
    ),
    "weights_format": (
        "This is no safetensors file: such a file begins with 8 bytes that say how long its header"
        " is, and with a header in JSON. Save the weights with safetensors.torch.save_file."
    ),
    "weights_short": (
        "This file is incomplete: it has {found} bytes, and by its own header it needs {needed}. "
        "Download or save it once more."
    ),
    "weights_rest": (
        "This file has {found} bytes, but its header accounts for {needed} only; no byte may be "
        "left over. Save the weights once more."
    ),
    "weights_header": (
        "This file says that its header is {found} bytes long; up to {most} are allowed. Save the "
        "weights with less text about them, or choose another file."
    ),
    "weights_large": (
        "This file has {found} MB; for this network up to {most} MB are allowed. Choose a file "
        "with the weights of this network alone, without an optimizer's memory."
    ),
    "weights_twice": (
        "The header names {name} twice, and every name may come once. Save the weights once more."
    ),
    "weights_entry": (
        "What the header says of {name} is damaged: allowed is a dtype, a shape of whole numbers, "
        "and two data_offsets. Save the weights once more."
    ),
    "weights_place": (
        "{name} lies in the bytes {start} to {end}, but tensors may neither overlap nor leave a "
        "gap: its place is {first} to {last}. Save the weights once more."
    ),
    "weights_missing": (
        "This file lacks {names}, which the network {network} of this recipe has. Choose weights "
        "of this network, or set the network as that of the weights."
    ),
    "weights_extra": (
        "This file holds {names}, which the network {network} of this recipe has not. Choose "
        "weights of this network, or set the network as that of the weights."
    ),
    "weights_shape": (
        "{name} has the shape {found} in this file; the network of this recipe needs {expected}. "
        "Choose weights of this network, or set its sizes as those of the weights."
    ),
    "weights_dtype": (
        "{name} is of the type {found} in this file; {expected} is needed. Convert the weights "
        "before they are saved: net.float()."
    ),
    "weights_recipe": (
        "This file does not say what network its weights are of. Train that network first, or "
        "choose one of its runs, and bring the file again."
    ),
    "weights_memory": (
        "The memory of this server does not suffice to test this network. Test it on your own "
        "computer, with the script that repeats its run."
    ),
    "weights_not_finite": (
        "{count} of the {of} numbers of {name} are NaN or infinite, and such weights give no "
        "answer. Choose weights from before the training ran away."
    ),
    # what is taken along of a training
    "weights_none": (
        "This run has kept no weights yet: it does so after every epoch and at its end. Wait for "
        "its first epoch, then try again."
    ),
    "pictures_large": (
        "All pictures together are {found} MB; up to {most} MB go along. Zip your own folders "
        "again with smaller pictures, or fewer."
    ),
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


class Problem(ValueError):
    """A refusal: `kind` and `values` let a page say it in the reader's language."""

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(SENTENCES[kind].format(**values))
        self.kind = kind
        self.values = values
