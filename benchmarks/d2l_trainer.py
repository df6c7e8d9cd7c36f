"""d2l's own Trainer on its own LeNet with its own data loader: run by the Python of `.venv-bench`.

A process that waits for lines: for each, so many epochs from new weights. It answers with one line
of JSON. Its working folder lies beside `data`, where d2l looks for Fashion-MNIST.
"""

import json
import sys
import time

import torch
from d2l import torch as d2l


class LeNet(d2l.LeNet):
    """d2l's, which keeps the times at which its Trainer begins to train and to test."""

    times: list[float]

    def train(self, mode: bool = True) -> "LeNet":
        self.times.append(time.perf_counter())
        return super().train(mode)


def fit(data: d2l.FashionMNIST, epochs: int) -> dict[str, float]:
    """As d2l 7.6 trains it, but for the plot: it would be drawn anew at every point."""
    model = LeNet(lr=0.1)
    model.board.display = False
    model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
    model.times = []
    trainer = d2l.Trainer(max_epochs=epochs)
    start = time.perf_counter()
    trainer.fit(model, data)
    seconds = time.perf_counter() - start
    begun, tested = model.times[::2], model.times[1::2]
    trained = sum(end - start for start, end in zip(begun, tested, strict=True))
    accuracy = float(model.board.data["val_acc"][-1].y)
    an_image = 1e6 * trained / (epochs * len(data.train))
    return {"seconds": seconds, "an_image": an_image, "accuracy": accuracy}


def main() -> None:
    torch.set_num_threads(int(sys.argv[1]))
    data = d2l.FashionMNIST(batch_size=128)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(fit(data, int(line))), flush=True)


if __name__ == "__main__":  # its data loader's workers may import this again
    main()
