"""Refusals of trainings, their runs and their weights: a sentence each, by kind."""

SENTENCES: dict[str, str] = {
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
        "Other readers asked for this run too ({others}), so it goes on for them. It ends when all "
        "have stopped it; your next training may begin meanwhile."
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
}
