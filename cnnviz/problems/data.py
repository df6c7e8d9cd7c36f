"""Refusals of pictures and data sets: a sentence each, by kind."""

SENTENCES: dict[str, str] = {
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
}
