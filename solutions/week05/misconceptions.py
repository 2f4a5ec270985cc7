"""Week 05's wrong solutions, each with the hint that a good teacher would give."""

import math

import torch

# %% exercise="relu" misconception="absolute-value"
"""Turns negative numbers positive instead of blocking them.

Hint: What is negative doesn't pass at all. relu(-2) is 0, not 2.
"""


def relu(x):
    return x.abs()


# %% exercise="relu" misconception="changes-its-input"
"""Sets the negative numbers to 0 in the caller's own tensor.

Hint: A method whose name ends in `_` changes its tensor, and so does assigning to `x[...]`. The caller still
needs x, and torch refuses it where slopes are wanted. Make a new tensor.
"""


def relu(x):
    x[x < 0] = 0
    return x


# %% exercise="relu" misconception="leaves-torch"
"""Takes the numbers out of the tensor and makes a new one of them, which has no slopes.

Hint: The value is right, but torch can't follow a number that has left its tensor. One operation on the whole
tensor is enough.
"""


def relu(x):
    return torch.tensor([max(v, 0.0) for v in x.flatten().tolist()], dtype=x.dtype).reshape(x.shape)


# %% exercise="relu" misconception="leaks"
"""Lets a hundredth of negative numbers through.

Hint: That is another activation, the *leaky* relu. Here nothing of a negative number passes.
"""


def relu(x):
    return torch.where(x > 0, x, 0.01 * x)


# %% exercise="relu" misconception="step"
"""Gives 1 for positive numbers, whatever their size.

Hint: A comparison says *whether* a number is positive. What passes is the number itself.
"""


def relu(x):
    return (x > 0).to(x.dtype) + 0 * x


# %% exercise="neuron" misconception="no-bias"
"""Leaves the bias out.

Hint: Without an intercept every neuron is bent at 0. Where does b come into the formula?
"""


def neuron(x, w, b, activation):
    return activation(x @ w)


# %% exercise="neuron" misconception="bias-after-the-bend"
"""Adds the bias after the activation.

Hint: The bias decides where the bend sits, so it belongs to the sum that goes into the activation.
"""


def neuron(x, w, b, activation):
    return activation(x @ w) + b


# %% exercise="neuron" misconception="bends-before-the-sum"
"""Bends each product, and adds up afterwards.

Hint: A neuron adds up first and bends once. In a generalised linear model, too, the link is around the whole
linear predictor.
"""


def neuron(x, w, b, activation):
    return activation(x * w).sum(1) + b


# %% exercise="neuron" misconception="keeps-a-column"
"""Returns a column of shape (n, 1).

Hint: `x @ w` with w of shape (d,) is (n,). With w as a column it has an axis too many, which waits for the
next subtraction to do harm.
"""


def neuron(x, w, b, activation):
    return activation(x @ w[:, None] + b)


# %% exercise="neuron" misconception="sums-the-batch"
"""Adds up over the examples, too.

Hint: Each row is an example with an answer of its own. Which axis goes away, d or n?
"""


def neuron(x, w, b, activation):
    return activation((x * w).sum() + b).expand(len(x))


# %% exercise="neuron" misconception="no-bend"
"""Never uses the activation.

Hint: Without the bend it is a linear model. What is the argument `activation` for?
"""


def neuron(x, w, b, activation):
    return x @ w + b


# %% exercise="neuron" misconception="leaves-torch"
"""Takes a number out of the tensor for each row and makes a new tensor of them, which has no slopes.

Hint: The values are right, but torch can't follow numbers that have left their tensor. `@` does all rows at once,
without a loop.
"""


def neuron(x, w, b, activation):
    return torch.tensor([activation((row * w).sum() + b).item() for row in x])


# %% exercise="sigmoid" misconception="naive-exponential"
"""Writes 1 / (1 + exp(-x)) as it stands: the slope is nan for large negative numbers.

Hint: Look at `slope(sigmoid, torch.tensor([-1000.0]))`. The value survives an infinite exponential, the slope
doesn't. What could you exponentiate instead?
"""


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


# %% exercise="sigmoid" misconception="positive-exponential"
"""Writes exp(x) / (1 + exp(x)) as it stands, which is inf / inf for large numbers.

Hint: e to the power of 1000 is inf, and inf / inf is nan. This form is safe for negative numbers only.
"""


def sigmoid(x):
    return torch.exp(x) / (1 + torch.exp(x))


# %% exercise="sigmoid" misconception="where-both-branches"
"""Chooses the safe formula with `where`, but computes both, and the slope goes through both.

Hint: `where` chooses afterwards: in the branch that isn't chosen the exponential has already overflowed, and 0
times its infinite slope is nan. Clamp x before you exponentiate.
"""


def sigmoid(x):
    return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))


# %% exercise="sigmoid" misconception="flat-at-zero"
"""Takes the absolute value first, which has slope 0 at 0: there the slope is lost.

Hint: `slope(sigmoid, torch.tensor([0.0]))` should be 0.25. Which of your steps has no slope at 0? Clamping to
one side does the same without it.
"""


def sigmoid(x):
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


# %% exercise="sigmoid" misconception="sign-turned"
"""Has the sign of x turned: large numbers go to 0.

Hint: What is the answer for a large positive x, and which sign must the exponent have for that?
"""


def sigmoid(x):
    return (1 - torch.tanh(x / 2)) / 2


# %% exercise="sigmoid" misconception="tanh-as-it-is"
"""Returns tanh(x), which runs from -1 to 1.

Hint: A probability runs from 0 to 1. tanh has the right shape; move and stretch it, and mind the factor inside.
"""


def sigmoid(x):
    return torch.tanh(x)


# %% exercise="sigmoid" misconception="tanh-not-halved"
"""Moves tanh to between 0 and 1 and forgets to halve x: twice as steep.

Hint: The slope at 0 should be 1/4. What is yours, and which factor inside tanh would halve it?
"""


def sigmoid(x):
    return (1 + torch.tanh(x)) / 2


# %% exercise="mlp_forward" misconception="bends-the-output"
"""Uses the activation after the last layer, too.

Hint: The output may have to be any number, negative ones included. Which layer is left straight?
"""


def mlp_forward(x, weights, biases, activation):
    for W, b in zip(weights, biases, strict=True):
        x = activation(x @ W + b)
    return x


# %% exercise="mlp_forward" misconception="never-bends"
"""Never uses the activation: the network is one linear model.

Hint: A linear model of a linear model is a linear model. Where does the bend come?
"""


def mlp_forward(x, weights, biases, activation):
    for W, b in zip(weights, biases, strict=True):
        x = x @ W + b
    return x


# %% exercise="mlp_forward" misconception="bends-the-input"
"""Bends what goes into each layer, so the very input as well.

Hint: The input comes as it is. Bending before a layer is the same as bending after the one before, except for
the first.
"""


def mlp_forward(x, weights, biases, activation):
    for W, b in zip(weights, biases, strict=True):
        x = activation(x) @ W + b
    return x


# %% exercise="mlp_forward" misconception="no-biases"
"""Leaves the biases out.

Hint: Each layer is `x @ W + b`. Without b every neuron is bent at 0.
"""


def mlp_forward(x, weights, biases, activation):
    for W in weights[:-1]:
        x = activation(x @ W)
    return x @ weights[-1]


# %% exercise="mlp_forward" misconception="bias-after-the-bend"
"""Adds each bias after the activation.

Hint: The bias belongs to the sum that is bent: `activation(x @ W + b)`.
"""


def mlp_forward(x, weights, biases, activation):
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(x @ W) + b
    return x @ weights[-1] + biases[-1]


# %% exercise="mlp_forward" misconception="bends-the-first-only"
"""Bends after the first layer and never again.

Hint: With four layers there are three bends. Which layers does your activation come after?
"""


def mlp_forward(x, weights, biases, activation):
    for number, (W, b) in enumerate(zip(weights, biases, strict=True)):
        x = x @ W + b
        if number == 0 and len(weights) > 1:
            x = activation(x)
    return x


# %% exercise="half_squared_error" misconception="no-half"
"""Leaves out the factor 1/2.

Hint: The half is there so that the slope of one term is the residual itself. Your loss is twice the one asked
for.
"""


def half_squared_error(pred, actual):
    if pred.shape != actual.shape:
        raise ValueError("shapes differ")
    return ((pred - actual) ** 2).mean()


# %% exercise="half_squared_error" misconception="sum"
"""Adds up over the examples.

Hint: A mean doesn't grow with the number of examples, and neither should the size of a step.
"""


def half_squared_error(pred, actual):
    if pred.shape != actual.shape:
        raise ValueError("shapes differ")
    return 0.5 * ((pred - actual) ** 2).sum()


# %% exercise="half_squared_error" misconception="silent-broadcast"
"""Subtracts whatever can be broadcast, so (n, 1) and (n,) compare everything with everything.

Hint: Which shape does `torch.zeros(3, 1) - torch.zeros(3)` have? Compare the shapes before you subtract.
"""


def half_squared_error(pred, actual):
    return 0.5 * ((pred - actual) ** 2).mean()


# %% exercise="half_squared_error" misconception="compares-lengths-only"
"""Compares the lengths of the two and not their shapes.

Hint: (3, 1) and (3,) have the same length. What else do tensors have that says how many axes there are?
"""


def half_squared_error(pred, actual):
    if pred.ndim and actual.ndim and len(pred) != len(actual):
        raise ValueError("lengths differ")
    return 0.5 * ((pred - actual) ** 2).mean()


# %% exercise="half_squared_error" misconception="flattens-first"
"""Flattens both, so that a column and a vector pass without a word.

Hint: The statement asks for an error when shapes differ, even where the number of entries agrees: a column where
a vector was meant is a mistake that wants to be seen.
"""


def half_squared_error(pred, actual):
    if pred.numel() != actual.numel():
        raise ValueError("sizes differ")
    return 0.5 * ((pred.flatten() - actual.flatten()) ** 2).mean()


# %% exercise="half_squared_error" misconception="root"
"""Takes the square root of the mean at the end.

Hint: That is a root mean squared error, in the units of the response. The loss asked for is the mean itself.
"""


def half_squared_error(pred, actual):
    if pred.shape != actual.shape:
        raise ValueError("shapes differ")
    return (0.5 * ((pred - actual) ** 2).mean()).sqrt()


# %% exercise="half_squared_error" misconception="leaves-torch"
"""Returns a plain number, through which no slope flows.

Hint: `.item()` takes the number out of its tensor and leaves torch's notes behind. Return the tensor.
"""


def half_squared_error(pred, actual):
    if pred.shape != actual.shape:
        raise ValueError("shapes differ")
    return 0.5 * ((pred - actual) ** 2).mean().item()


# %% exercise="linear_gradient" misconception="sum"
"""Adds up over the examples.

Hint: The loss is a mean, so its slopes are means: divide by n.
"""


def linear_gradient(a, b, x, y):
    residual = a * x + b - y
    return (residual * x).sum(), residual.sum()


# %% exercise="linear_gradient" misconception="forgets-x"
"""Gives the slope by b for both.

Hint: By how much does the prediction a·x + b move when a moves a little? It depends on the example.
"""


def linear_gradient(a, b, x, y):
    residual = a * x + b - y
    return residual.mean(), residual.mean()


# %% exercise="linear_gradient" misconception="twice"
"""Keeps the 2 of the square, which the half has taken away.

Hint: The slope of ½r² is r. Where does your 2 come from?
"""


def linear_gradient(a, b, x, y):
    residual = a * x + b - y
    return 2 * (residual * x).mean(), 2 * residual.mean()


# %% exercise="linear_gradient" misconception="sign-turned"
"""Takes actual less predicted, which turns both signs.

Hint: Where the prediction is too high, a larger b makes it worse, so the slope by b must be positive.
"""


def linear_gradient(a, b, x, y):
    residual = y - a * x - b
    return (residual * x).mean(), residual.mean()


# %% exercise="linear_gradient" misconception="product-of-means"
"""Multiplies the mean residual by the mean x.

Hint: The mean of a product is not the product of the means: what is lost is their covariance. Multiply first,
then take the mean.
"""


def linear_gradient(a, b, x, y):
    residual = a * x + b - y
    return residual.mean() * x.mean(), residual.mean()


# %% exercise="linear_gradient" misconception="by-b-first"
"""Returns the slope by b first.

Hint: In which order does the statement name the two?
"""


def linear_gradient(a, b, x, y):
    residual = a * x + b - y
    return residual.mean(), (residual * x).mean()


# %% exercise="linear_gradient" misconception="uses-autograd"
"""Lets torch take the slopes.

Hint: Right, and not asked for: this once write the formula out. It is two lines.
"""


def linear_gradient(a, b, x, y):
    a, b = (torch.as_tensor(p, dtype=x.dtype).detach().clone().requires_grad_() for p in (a, b))
    loss = 0.5 * ((a * x + b - y) ** 2).mean()
    loss.backward()
    return a.grad, b.grad


# %% exercise="gradient_descent" misconception="rows-alias"
"""Changes one tensor in place, so that every row of the path is the last place.

Hint: `x -= ...` changes the tensor that is already in your list. `x = x - ...` makes a new one.
"""


def gradient_descent(grad, start, lr, steps):
    x = start.clone()
    path = [x]
    for _ in range(steps):
        x -= lr * grad(x)
        path.append(x)
    return torch.stack(path)


# %% exercise="gradient_descent" misconception="changes-start"
"""Walks in the caller's own tensor.

Hint: `start` belongs to the caller, who may want to start there again. `x = start` is a second name, not a copy.
"""


def gradient_descent(grad, start, lr, steps):
    x = start
    path = [x.clone()]
    for _ in range(steps):
        x -= lr * grad(x)
        path.append(x.clone())
    return torch.stack(path)


# %% exercise="gradient_descent" misconception="start-missing"
"""Returns the places after the steps without the start.

Hint: Row 0 is `start`, so there is one row more than steps.
"""


def gradient_descent(grad, start, lr, steps):
    x, path = start, []
    for _ in range(steps):
        x = x - lr * grad(x)
        path.append(x)
    return torch.stack(path) if path else start.new_zeros((0, len(start)))


# %% exercise="gradient_descent" misconception="uphill"
"""Adds the gradient instead of subtracting it.

Hint: The gradient points to where the loss grows. Which way do you want to go?
"""


def gradient_descent(grad, start, lr, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] + lr * grad(path[-1]))
    return torch.stack(path)


# %% exercise="gradient_descent" misconception="slope-of-the-start"
"""Measures the gradient once, at the start, and keeps to it.

Hint: The slope changes from place to place. Ask `grad` anew at each place.
"""


def gradient_descent(grad, start, lr, steps):
    path, slope = [start], grad(start)
    for _ in range(steps):
        path.append(path[-1] - lr * slope)
    return torch.stack(path)


# %% exercise="gradient_descent" misconception="last-place-only"
"""Returns the last place only.

Hint: The whole path is asked for, a row for each place, so that one can look at it.
"""


def gradient_descent(grad, start, lr, steps):
    x = start
    for _ in range(steps):
        x = x - lr * grad(x)
    return x


# %% exercise="gradient_descent" misconception="float32-table"
"""Fills a table of float32, whatever the dtype of `start`.

Hint: `torch.zeros` makes float32 unless it is told otherwise, and every place is rounded to it. What does
`dtype=start.dtype` do?
"""


def gradient_descent(grad, start, lr, steps):
    path = torch.zeros(steps + 1, len(start))
    path[0] = start
    for step in range(steps):
        path[step + 1] = path[step] - lr * grad(path[step].clone())
    return path


# %% exercise="minibatches" misconception="with-replacement"
"""Draws indices with replacement: some come twice, others never.

Hint: An epoch uses each example once. That is a shuffle, R's `sample(n)`, not `sample(n, replace = TRUE)`.
"""


def minibatches(n, batch_size, generator):
    order = torch.randint(0, n, (n,), generator=generator)
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]


# %% exercise="minibatches" misconception="drops-the-tail"
"""Leaves out the last batch if it isn't full.

Hint: 10 samples by 8: what happens to the last two? A slice that runs past the end is shorter, and no error.
"""


def minibatches(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    for first in range(0, n - batch_size + 1, batch_size):
        yield order[first : first + batch_size]


# %% exercise="minibatches" misconception="not-shuffled"
"""Cuts 0, 1, 2, ... as they come.

Hint: Files are sorted by something. Which function shuffles a range, and what does it need to be repeatable?
"""


def minibatches(n, batch_size, generator):
    order = torch.arange(n)
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]


# %% exercise="minibatches" misconception="ignores-the-generator"
"""Shuffles with torch's global randomness.

Hint: Hand the generator on: `torch.randperm(n, generator=generator)`. Otherwise nobody can repeat your run.
"""


def minibatches(n, batch_size, generator):
    order = torch.randperm(n)
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]


# %% exercise="minibatches" misconception="seeds-itself"
"""Seeds the generator, so that every epoch has the same order.

Hint: A generator's state moves on when it is drawn from, and that is what makes the next epoch another one. Who
seeds it turns it back.
"""


def minibatches(n, batch_size, generator):
    order = torch.randperm(n, generator=generator.manual_seed(0))
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]


# %% exercise="minibatches" misconception="shuffles-batches-only"
"""Cuts first and shuffles the batches, so that neighbours stay together.

Hint: In a sorted file each of your batches still holds one species. Shuffle the indices, then cut.
"""


def minibatches(n, batch_size, generator):
    batches = torch.arange(n).split(batch_size)
    full = [batch for batch in batches if len(batch) == batch_size]
    for place in torch.randperm(len(full), generator=generator).tolist():
        yield full[place]
    yield from batches[len(full) :]


# %% exercise="minibatches" misconception="fills-the-tail"
"""Fills the last batch up with examples that have been used.

Hint: Each index comes once, so the last batch may be short.
"""


def minibatches(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    missing = -n % batch_size
    order = torch.cat([order, order.repeat(missing // n + 1)[:missing]])
    yield from order.split(batch_size)


# %% exercise="minibatches" misconception="one-too-many"
"""Yields an empty batch at the end when the size divides n.

Hint: How many batches are there for 8 samples by 4? The mean over an empty batch is nan.
"""


def minibatches(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    for number in range(n // batch_size + 1):
        yield order[number * batch_size : (number + 1) * batch_size]


# %% exercise="fit_line" misconception="sum-of-gradients"
"""Steps along the sum of the batch's gradients instead of their mean.

Hint: With a sum, a batch of 64 takes steps 64 times as long as a batch of 1. Which of the two does the formula
name?
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, generator):
            residual = a * x[batch] + b - y[batch]
            a, b = a - lr * (residual * x[batch]).sum(), b - lr * residual.sum()
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="divides-by-all"
"""Divides the batch's sum by the number of all examples.

Hint: The gradient of a batch is the mean over *that batch*. Yours shrinks as the batches do.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, generator):
            residual = a * x[batch] + b - y[batch]
            a, b = a - lr * (residual * x[batch]).sum() / len(x), b - lr * residual.sum() / len(x)
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="b-after-a"
"""Updates a first, and takes the slope by b at the new a.

Hint: Both slopes belong to one place. Compute both before you change either.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, generator):
            a = a - lr * linear_gradient(a, b, x[batch], y[batch])[0]
            b = b - lr * linear_gradient(a, b, x[batch], y[batch])[1]
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="loss-before-the-epoch"
"""Notes the loss before each epoch instead of after it.

Hint: The last number should be the loss of the line that you return.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        losses.append(half_squared_error(a * x + b, y).item())
        for batch in minibatches(len(x), batch_size, generator):
            by_a, by_b = linear_gradient(a, b, x[batch], y[batch])
            a, b = a - lr * by_a, b - lr * by_b
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="loss-of-the-last-batch"
"""Notes the loss of the last batch instead of that of all the data.

Hint: A batch is a sample, and the last one may be two examples. The statement asks for all.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, generator):
            by_a, by_b = linear_gradient(a, b, x[batch], y[batch])
            a, b = a - lr * by_a, b - lr * by_b
        losses.append(half_squared_error(a * x[batch] + b, y[batch]).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="one-order-for-all-epochs"
"""Shuffles once and goes through the same batches in every epoch.

Hint: Call `minibatches` inside the loop over epochs, so that each draws an order of its own.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    batches = list(minibatches(len(x), batch_size, generator))
    for _ in range(epochs):
        for batch in batches:
            by_a, by_b = linear_gradient(a, b, x[batch], y[batch])
            a, b = a - lr * by_a, b - lr * by_b
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="batches-used-up"
"""Makes the batches once, before the loop: after the first epoch there are none left.

Hint: What a function with `yield` returns can be walked through once. Ask for new batches in every epoch.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    batches = minibatches(len(x), batch_size, generator)
    for _ in range(epochs):
        for batch in batches:
            by_a, by_b = linear_gradient(a, b, x[batch], y[batch])
            a, b = a - lr * by_a, b - lr * by_b
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="all-data-every-step"
"""Takes the gradient of all the data for each batch.

Hint: `batch` holds indices. Where do you use them to pick the examples of this batch?
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        for _batch in minibatches(len(x), batch_size, generator):
            by_a, by_b = linear_gradient(a, b, x, y)
            a, b = a - lr * by_a, b - lr * by_b
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="fit_line" misconception="not-shuffled"
"""Cuts the data into batches in the order of the file.

Hint: All orders must be possible, and the generator chooses. `minibatches` shuffles for you.
"""


def fit_line(x, y, lr, epochs, batch_size, generator):
    a, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        for first in range(0, len(x), batch_size):
            batch = slice(first, first + batch_size)
            by_a, by_b = linear_gradient(a, b, x[batch], y[batch])
            a, b = a - lr * by_a, b - lr * by_b
        losses.append(half_squared_error(a * x + b, y).item())
    return float(a), float(b), losses


# %% exercise="bernoulli_log_likelihood" misconception="log-of-the-product"
"""Multiplies first and takes the logarithm of the product, which underflows.

Hint: A product of thousands of probabilities is 0 in any float. The logarithm of a product is a sum of
logarithms.
"""


def bernoulli_log_likelihood(p, y):
    return torch.where(y > 0.5, p, 1 - p).prod().log()


# %% exercise="bernoulli_log_likelihood" misconception="mean"
"""Takes the mean.

Hint: Evidence adds up: the log-likelihood of all is the *sum* over examples. The mean comes with the loss.
"""


def bernoulli_log_likelihood(p, y):
    return (y * p.log() + (1 - y) * (1 - p).log()).mean()


# %% exercise="bernoulli_log_likelihood" misconception="turns-the-sign"
"""Returns the negative, which is the loss.

Hint: A log-likelihood is the logarithm of a probability, so it is never positive. The sign is turned later.
"""


def bernoulli_log_likelihood(p, y):
    return -(y * p.log() + (1 - y) * (1 - p).log()).sum()


# %% exercise="bernoulli_log_likelihood" misconception="ones-only"
"""Counts only the examples with y = 1.

Hint: A 0 is an answer, too, and had the probability 1 - p. Which term is missing?
"""


def bernoulli_log_likelihood(p, y):
    return (y * p.log()).sum()


# %% exercise="bernoulli_log_likelihood" misconception="answers-exchanged"
"""Takes p for the probability of 0.

Hint: For y = 1 the likelihood is p. Try p = 0.9, y = 1: it should be near 0.
"""


def bernoulli_log_likelihood(p, y):
    return ((1 - y) * p.log() + y * (1 - p).log()).sum()


# %% exercise="bernoulli_log_likelihood" misconception="base-two"
"""Takes logarithms to base 2.

Hint: That would be right in bits. The statement asks for the natural logarithm.
"""


def bernoulli_log_likelihood(p, y):
    return (y * p.log2() + (1 - y) * (1 - p).log2()).sum()


# %% exercise="bernoulli_log_likelihood" misconception="clamped"
"""Clamps p away from 0 and 1, and so forgives confident mistakes.

Hint: p is strictly between 0 and 1, so its logarithm is finite as it is. A probability of 1e-9 has a right to
its cost.
"""


def bernoulli_log_likelihood(p, y):
    p = p.clamp(1e-4, 1 - 1e-4)
    return (y * p.log() + (1 - y) * (1 - p).log()).sum()


# %% exercise="fit_logistic" misconception="threshold-first"
"""Rounds the probability to 0 or 1 before it takes the gradient.

Hint: The residual is probability less label. Rounded, examples that are barely right teach nothing. (With
rounding this is the perceptron.)
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), 0.0
    for _ in range(steps):
        residual = (sigmoid(X @ w + b) > 0.5).to(X.dtype) - y
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="sum-of-gradients"
"""Doesn't divide by the number of examples.

Hint: The loss is a mean, so its gradient is. Both by w and by b.
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), 0.0
    for _ in range(steps):
        residual = sigmoid(X @ w + b) - y
        w, b = w - lr * (X.T @ residual), b - lr * residual.sum().item()
    return w, b


# %% exercise="fit_logistic" misconception="no-link"
"""Takes the linear predictor itself for the probability: a linear regression on 0 and 1.

Hint: What squeezes `X @ w + b` into (0, 1)?
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), 0.0
    for _ in range(steps):
        residual = X @ w + b - y
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="no-intercept"
"""Never moves b.

Hint: b has a slope of its own, the mean residual, and takes its step with w.
"""


def fit_logistic(X, y, lr, steps):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    for _ in range(steps):
        w = w - lr * (X.T @ (sigmoid(X @ w) - y)) / len(y)
    return w, 0.0


# %% exercise="fit_logistic" misconception="uphill"
"""Takes the residual with the other sign, and goes uphill.

Hint: Probability less label, or label less probability? One of them needs a plus in the update.
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), 0.0
    for _ in range(steps):
        residual = y - sigmoid(X @ w + b)
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="b-after-w"
"""Updates w first, and takes the slope by b at the new w.

Hint: Both slopes belong to one place: compute the residual once in each step.
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), 0.0
    for _ in range(steps):
        w = w - lr * (X.T @ (sigmoid(X @ w + b) - y)) / len(y)
        b = b - lr * (sigmoid(X @ w + b) - y).mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="squared-error"
"""Takes the gradient of the squared error of the probabilities.

Hint: That gradient has an extra factor p(1 - p), and it fades where the model is sure and wrong. For the
likelihood the factor cancels.
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), 0.0
    for _ in range(steps):
        p = sigmoid(X @ w + b)
        residual = (p - y) * p * (1 - p)
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="float32-weights"
"""Starts with float32 weights, whatever the dtype of X: float64 inputs can't be multiplied with them.

Hint: `torch.zeros` makes float32 unless it is told otherwise, and `@` wants one dtype on both sides. What does
`dtype=X.dtype` do?
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        residual = sigmoid(X @ w + b) - y
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="weights-as-a-column"
"""Starts with w of shape (d, 1), so that (n, 1) less (n,) becomes (n, n).

Hint: Section 4's trap: print the shapes of `X @ w` and of the residual. With w of shape (d,) both are (n,).
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], 1, dtype=X.dtype), 0.0
    for _ in range(steps):
        residual = sigmoid(X @ w + b) - y
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="fit_logistic" misconception="returns-a-column"
"""Computes with columns, rightly, and returns w of shape (d, 1).

Hint: The numbers are right. One weight for each predictor is (d,): which axis has size 1?
"""


def fit_logistic(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], 1, dtype=X.dtype), 0.0
    for _ in range(steps):
        residual = sigmoid(X @ w + b) - y[:, None]
        w, b = w - lr * (X.T @ residual) / len(y), b - lr * residual.mean().item()
    return w, b


# %% exercise="logsumexp" misconception="no-maximum"
"""Exponentiates as it is, which overflows above 88 or 709 and underflows far below.

Hint: e to the power of 1000 is inf. Subtract something first that makes the largest exponent harmless, and add
it back at the end.
"""


def logsumexp(x, dim=-1):
    return x.exp().sum(dim).log()


# %% exercise="logsumexp" misconception="one-maximum-for-all"
"""Subtracts the largest entry of the whole tensor: slices far below it underflow.

Hint: Each slice needs its own maximum, along `dim`. What is left of a row at -9000 when you subtract 9000?
"""


def logsumexp(x, dim=-1):
    m = x.max()
    return (x - m).exp().sum(dim).log() + m


# %% exercise="logsumexp" misconception="not-added-back"
"""Subtracts the maximum and never adds it back.

Hint: logsumexp of (1000, 1001) is a little above 1001. Look at the identity once more: it has an m outside.
"""


def logsumexp(x, dim=-1):
    m = x.amax(dim, keepdim=True)
    return (x - m).exp().sum(dim).log()


# %% exercise="logsumexp" misconception="always-the-last-axis"
"""Works along the last axis, whatever `dim` says.

Hint: Where does `dim` occur in your code? Both the maximum and the sum need it.
"""


def logsumexp(x, dim=-1):
    return torch.logsumexp(x, -1)


# %% exercise="logsumexp" misconception="keeps-the-axis"
"""Keeps the axis with size 1.

Hint: `keepdim=True` is needed for the subtraction. At the end the axis has to go.
"""


def logsumexp(x, dim=-1):
    return torch.logsumexp(x, dim, keepdim=True)


# %% exercise="logsumexp" misconception="maximum"
"""Returns the maximum itself.

Hint: logsumexp is a *soft* maximum, a little above it: logsumexp(0, 0) is log 2.
"""


def logsumexp(x, dim=-1):
    return x.amax(dim)


# %% exercise="logsumexp" misconception="mean"
"""Takes the mean of the exponentials in place of their sum.

Hint: logsumexp(0, 0) is log 2, and yours is 0: too small by the logarithm of how many there are.
"""


def logsumexp(x, dim=-1):
    return torch.logsumexp(x, dim) - math.log(x.shape[dim])


# %% exercise="logsumexp" misconception="changes-its-input"
"""Subtracts the maximum in the caller's own tensor.

Hint: `x -= m` changes what the caller holds; `x - m` makes a new tensor.
"""


def logsumexp(x, dim=-1):
    m = x.amax(dim, keepdim=True)
    with torch.no_grad():
        x -= m
    return x.exp().sum(dim).log() + m.squeeze(dim)


# %% exercise="logsumexp" misconception="maxima-lose-their-axis"
"""Subtracts maxima that have lost their axis.

Hint: x is (2, 3), the maxima of its rows are (2,): lined up from the right, they meet the wrong axis.
`keepdim=True` keeps them (2, 1).
"""


def logsumexp(x, dim=-1):
    m = x.amax(dim)
    return (x - m).exp().sum(dim).log() + m


# %% exercise="logsumexp" misconception="max-gives-two-things"
"""Computes with what `x.max(dim)` returns, which isn't a tensor but two.

Hint: `x.max(dim)` returns values and places. `.values` are the maxima, or `x.amax(dim, ...)` gives them alone.
"""


def logsumexp(x, dim=-1):
    m = x.max(dim, keepdim=True)
    return (x - m).exp().sum(dim).log() + m.squeeze(dim)


# %% exercise="softmax" misconception="no-maximum"
"""Exponentiates as it is: inf / inf for large logits, 0 / 0 for very negative ones.

Hint: A constant subtracted from all logits of a slice changes nothing. Which constant makes the exponentials
harmless?
"""


def softmax(x, dim=-1):
    e = x.exp()
    return e / e.sum(dim, keepdim=True)


# %% exercise="softmax" misconception="one-maximum-for-all"
"""Subtracts the largest logit of the whole tensor: slices far below it become 0 / 0.

Hint: Each slice needs its own maximum, along `dim`.
"""


def softmax(x, dim=-1):
    e = (x - x.max()).exp()
    return e / e.sum(dim, keepdim=True)


# %% exercise="softmax" misconception="always-the-last-axis"
"""Works along the last axis, whatever `dim` says.

Hint: Where does `dim` occur in your code? Both the maximum and the sum need it.
"""


def softmax(x, dim=-1):
    return torch.softmax(x, -1)


# %% exercise="softmax" misconception="always-the-first-axis"
"""Works along the first axis, whatever `dim` says.

Hint: For a batch in rows the alternatives lie along the last axis, and that is the default. Axis 0 would let
the examples compete.
"""


def softmax(x, dim=-1):
    return torch.softmax(x, 0)


# %% exercise="softmax" misconception="sums-over-everything"
"""Divides by the sum over the whole tensor, so that all slices together share 1.

Hint: Each slice along `dim` must sum to 1 by itself. What does `.sum()` without an axis do?
"""


def softmax(x, dim=-1):
    e = (x - x.max()).exp()
    return e / e.sum()


# %% exercise="softmax" misconception="divides-by-the-maximum"
"""Divides by the largest exponential instead of by the sum.

Hint: Your largest probability is always 1. What must all of them add up to?
"""


def softmax(x, dim=-1):
    return (x - x.amax(dim, keepdim=True)).exp()


# %% exercise="softmax" misconception="returns-logarithms"
"""Returns the logarithms of the probabilities.

Hint: Probabilities lie between 0 and 1, and yours are negative. One step is missing.
"""


def softmax(x, dim=-1):
    return torch.log_softmax(x, dim)


# %% exercise="softmax" misconception="powers-of-two"
"""Takes powers of 2 in place of e.

Hint: softmax of (0, log 3) is (1/4, 3/4). Which function takes log 3 to 3?
"""


def softmax(x, dim=-1):
    e = torch.exp2(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


# %% exercise="softmax" misconception="changes-its-input"
"""Subtracts the maximum in the caller's own tensor.

Hint: `x -= m` changes what the caller holds; `x - m` makes a new tensor.
"""


def softmax(x, dim=-1):
    x -= x.amax(dim, keepdim=True)
    e = x.exp()
    return e / e.sum(dim, keepdim=True)


# %% exercise="softmax" misconception="impossible-is-nan"
"""Replaces what is infinite by a large number before it starts, and gives impossible entries a share.

Hint: exp(-inf) is 0 of its own accord, so long as the maximum is finite. Nothing needs to be replaced.
"""


def softmax(x, dim=-1):
    x = torch.where(x.isinf(), x.amin(dim, keepdim=True).nan_to_num(neginf=0.0), x)
    return torch.softmax(x, dim)


# %% exercise="softmax" misconception="axes-lost"
"""Subtracts maxima and divides by sums that have lost their axis.

Hint: x is (2, 3), the maxima and the sums of its rows are (2,): lined up from the right, they meet the wrong
axis. `keepdim=True` keeps them (2, 1).
"""


def softmax(x, dim=-1):
    e = (x - x.amax(dim)).exp()
    return e / e.sum(dim)


# %% exercise="softmax" misconception="maxima-lose-their-axis"
"""Subtracts maxima that have lost their axis.

Hint: x is (2, 3), the maxima of its rows are (2,): lined up from the right, they meet the wrong axis. What does
`keepdim=True` do for the sums?
"""


def softmax(x, dim=-1):
    e = (x - x.amax(dim)).exp()
    return e / e.sum(dim, keepdim=True)


# %% exercise="softmax" misconception="sums-lose-their-axis"
"""Divides by sums that have lost their axis.

Hint: The exponentials are (2, 3), the sums of their rows (2,): lined up from the right, they meet the wrong axis.
What does `keepdim=True` do for the maxima?
"""


def softmax(x, dim=-1):
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim)


# %% exercise="softmax" misconception="max-gives-two-things"
"""Computes with what `x.max(dim)` returns, which isn't a tensor but two.

Hint: `x.max(dim)` returns values and places. `.values` are the maxima, or `x.amax(dim, ...)` gives them alone.
"""


def softmax(x, dim=-1):
    e = (x - x.max(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


# %% exercise="cross_entropy" misconception="softmax-then-log"
"""Computes the probability first and takes its logarithm: -inf for what underflowed.

Hint: log(softmax(x)) and x - logsumexp(x) are the same on paper. Only one of them survives a probability of 0.
"""


def cross_entropy(logits, targets):
    p = softmax(logits, 1)
    return -p[torch.arange(len(targets)), targets].log().mean()


# %% exercise="cross_entropy" misconception="sum"
"""Adds up over the examples.

Hint: A mean doesn't grow with the batch: equal logits cost log V, for one example as for a hundred.
"""


def cross_entropy(logits, targets):
    picked = logits[torch.arange(len(logits)), targets]
    return (logsumexp(logits, 1) - picked).sum()


# %% exercise="cross_entropy" misconception="sign-turned"
"""Returns the mean log-likelihood, with its sign.

Hint: A loss is smaller when the model is better, and never below 0 here. Which way round is the difference?
"""


def cross_entropy(logits, targets):
    picked = logits[torch.arange(len(logits)), targets]
    return (picked - logsumexp(logits, 1)).mean()


# %% exercise="cross_entropy" misconception="every-target-for-every-row"
"""Picks with `logits[:, targets]`, which is every target for every row.

Hint: Which shape does `logits[:, targets]` have? You want one number from each row: index both axes, with as
many row numbers as targets.
"""


def cross_entropy(logits, targets):
    return (logsumexp(logits, 1)[:, None] - logits[:, targets]).mean()


# %% exercise="cross_entropy" misconception="down-the-columns"
"""Lets the examples compete instead of the classes.

Hint: The alternatives of one example lie along axis 1. Along which axis does your logsumexp run?
"""


def cross_entropy(logits, targets):
    rows = torch.arange(len(logits))
    return -torch.log_softmax(logits, 0)[rows, targets].mean()


# %% exercise="cross_entropy" misconception="logsumexp-of-the-columns"
"""Takes the logsumexp along the examples instead of the classes.

Hint: The classes of one example lie along axis 1, and there is one logsumexp for each row: which shape has yours?
"""


def cross_entropy(logits, targets):
    picked = logits[torch.arange(len(logits)), targets]
    return (logsumexp(logits, 0) - picked).mean()


# %% exercise="cross_entropy" misconception="softmax-twice"
"""Takes the logits through a softmax before it takes their logsumexp.

Hint: The difference logsumexp - logit is made for logits. Give it the logits as they come.
"""


def cross_entropy(logits, targets):
    p = softmax(logits, 1)
    return (logsumexp(p, 1) - p[torch.arange(len(logits)), targets]).mean()


# %% exercise="cross_entropy" misconception="leaves-torch"
"""Returns a plain number, through which no slope flows.

Hint: `.item()` takes the number out of its tensor and leaves torch's notes behind. Return the tensor.
"""


def cross_entropy(logits, targets):
    picked = logits[torch.arange(len(logits)), targets]
    return (logsumexp(logits, 1) - picked).mean().item()


# %% exercise="cross_entropy" misconception="small-number-inside-the-log"
"""Adds a small number to the probability before the logarithm, which caps the cost of a bad mistake.

Hint: Nothing is infinite any more, and nothing beyond the cap is right, slope included. With logsumexp nothing
has to be added.
"""


def cross_entropy(logits, targets):
    p = softmax(logits, 1)
    return -(p[torch.arange(len(targets)), targets] + 1e-9).log().mean()


# %% exercise="break_softmax" misconception="sums-only"
"""Tests only that the probabilities sum to 1.

Hint: Many wrong ones sum to 1: along another axis too, for a square. Compare with numbers that you worked out.
"""


def break_softmax(softmax):
    x = torch.tensor([[0.0, 1.0, -2.0], [3.0, 0.5, 0.25]])
    for dim in [0, 1, -1]:
        assert torch.allclose(softmax(x, dim).sum(dim), torch.ones(x.shape[1 - dim % 2]))


# %% exercise="break_softmax" misconception="the-worked-example-only"
"""Tests the worked example along the last axis and nothing else.

Hint: One table with the default axis lets through whatever ignores `dim`, or changes its input.
"""


def break_softmax(softmax):
    p = softmax(torch.tensor([[0.0, 1.0986123, 0.0], [1000.0, 1000.0, -torch.inf]]))
    assert torch.allclose(p, torch.tensor([[0.2, 0.6, 0.2], [0.5, 0.5, 0.0]]), atol=1e-3)


# %% exercise="break_softmax" misconception="small-logits-only"
"""Tests every axis, with small logits only.

Hint: What overflows, and what underflows, shows only with logits in the thousands, and some of it only when
rows are far apart.
"""


def break_softmax(softmax):
    x = torch.tensor([[0.0, 1.0, -2.0], [3.0, 0.5, 0.25]])
    for dim in [0, 1, -1, -2]:
        before = x.clone()
        expected = x.exp() / x.exp().sum(dim, keepdim=True)
        assert torch.allclose(softmax(x, dim), expected)
        assert torch.equal(x, before)


# %% exercise="break_softmax" misconception="wants-every-digit"
"""Compares floats with `==`, and so refuses right solutions that round otherwise.

Hint: Two right ways to compute a number agree up to rounding, not to the last digit. Use `torch.allclose`.
"""


def break_softmax(softmax):
    x = torch.tensor([[0.1, 1.3, -2.2], [3.1, 0.7, 0.23]])
    for dim in [0, 1]:
        e = (x - x.amax(dim, keepdim=True)).exp()
        assert torch.equal(softmax(x, dim), e / e.sum(dim, keepdim=True))


# %% exercise="break_softmax" misconception="refuses-everything"
"""Raises whatever it is given, so right ones too.

Hint: A test that always fails says nothing. Which right one does yours refuse, and with which number?
"""


def break_softmax(softmax):
    raise AssertionError


# %% exercise="binary_cross_entropy" misconception="one-softmax-over-labels"
"""Lets the labels compete in one softmax.

Hint: A leaf may have rust and mildew. Each label is a yes or no of its own, with a sigmoid of its own.
"""


def binary_cross_entropy(logits, targets):
    if not logits.ndim:
        logits, targets = logits[None], targets[None]
    return -(targets * torch.log_softmax(logits, -1)).mean()


# %% exercise="binary_cross_entropy" misconception="sigmoid-then-log"
"""Computes the probability first and takes its logarithm: inf or nan for large logits.

Hint: For a logit of 10000 the probability is 1 in any float, and log(1 - 1) is -inf. Put sigmoid and logarithm
together on paper first.
"""


def binary_cross_entropy(logits, targets):
    p = torch.sigmoid(logits)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


# %% exercise="binary_cross_entropy" misconception="present-labels-only"
"""Counts only the labels that are there.

Hint: A label that is absent was predicted, too, with probability 1 - p. Which term is missing?
"""


def binary_cross_entropy(logits, targets):
    return -(targets * torch.nn.functional.logsigmoid(logits)).mean()


# %% exercise="binary_cross_entropy" misconception="sum"
"""Adds up over all entries.

Hint: The statement asks for the mean over all entries, examples and labels alike.
"""


def binary_cross_entropy(logits, targets):
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum")


# %% exercise="binary_cross_entropy" misconception="sum-over-labels"
"""Adds up over the labels and takes the mean over the examples only.

Hint: With three labels your loss is three times too large. The mean is over all entries.
"""


def binary_cross_entropy(logits, targets):
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return each.sum(-1).mean() if each.ndim else each


# %% exercise="binary_cross_entropy" misconception="plain-log-of-one-plus-exp"
"""Writes log(1 + exp(u)) as it stands, which overflows.

Hint: The algebra is right, and exp(10000) is inf. log(1 + exp(u)) is the logsumexp of 0 and u.
"""


def binary_cross_entropy(logits, targets):
    u = torch.where(targets > 0.5, -logits, logits)
    return (1 + u.exp()).log().mean()


# %% exercise="learning_rates" misconception="evenly-spaced"
"""Spaces the rates evenly, so that nearly all are of the largest order of magnitude.

Hint: From 0.001 to 1 in four: is the second 0.01 or 0.334? Rates act by their ratio.
"""


def learning_rates(low, high, n):
    return [low + (high - low) * i / (n - 1) for i in range(n)]


# %% exercise="learning_rates" misconception="high-left-out"
"""Stops one step before `high`.

Hint: n rates have n - 1 steps between them.
"""


def learning_rates(low, high, n):
    return [low * (high / low) ** (i / n) for i in range(n)]


# %% exercise="learning_rates" misconception="returns-exponents"
"""Returns the logarithms of the rates.

Hint: Evenly spaced logarithms are half of it. Turn them back into rates.
"""


def learning_rates(low, high, n):
    ends = math.log10(low), math.log10(high)
    return [ends[0] + (ends[1] - ends[0]) * i / (n - 1) for i in range(n)]


# %% exercise="learning_rates" misconception="always-tens"
"""Multiplies by ten each time, whatever `high` and `n` are.

Hint: The step depends on how far it is and how many steps there are.
"""


def learning_rates(low, high, n):
    return [low * 10**i for i in range(n)]


# %% exercise="learning_rates" misconception="logspace-of-the-rates"
"""Gives `logspace` the rates, where it takes exponents.

Hint: `torch.logspace(a, b, n)` runs from 10 to the power of a to 10 to the power of b. Which a makes 0.001?
"""


def learning_rates(low, high, n):
    return torch.logspace(low, high, n).tolist()


# %% exercise="grid_search" misconception="nan-wins"
"""Takes `min` as it is, which keeps a nan that comes first.

Hint: Every comparison with nan is False, so nothing is ever less than a nan that was there first. Sort the nans
out before.
"""


def grid_search(train, rates):
    return min(sorted(rates), key=train)


# %% exercise="grid_search" misconception="compares-with-nan"
"""Compares with nan: every comparison is False, and a nan that comes first stays the least.

Hint: Is 1 < nan? Is nan < 1? Whoever keeps the best so far is stuck with a nan. Leave them out before you compare
(`math.isnan`).
"""


def grid_search(train, rates):
    return min((train(rate), rate) for rate in rates)[1]


# %% exercise="grid_search" misconception="takes-min-as-it-comes"
"""Keeps the first of the best as the rates come: a nan that comes first stays, and of equals the first wins.

Hint: Two things: every comparison with nan is False, so what can beat a nan that was there first? And which of two
equals do you want, in whatever order they come?
"""


def grid_search(train, rates):
    return min(rates, key=train)


# %% exercise="grid_search" misconception="tie-to-the-larger"
"""Takes the larger rate of two that are equally good.

Hint: Replace the best so far only by a strictly better one: in which order do you have to go through the
rates?
"""


def grid_search(train, rates):
    results = [(train(rate), -rate) for rate in rates]
    return -min(pair for pair in results if not math.isnan(pair[0]))[1]


# %% exercise="grid_search" misconception="tie-to-the-first"
"""Takes the first of two that are equally good, in whatever order they came.

Hint: The rates come in any order. What makes the smaller one win a tie?
"""


def grid_search(train, rates):
    results = {rate: train(rate) for rate in rates}
    return min((rate for rate in rates if not math.isnan(results[rate])), key=results.get)


# %% exercise="grid_search" misconception="returns-the-loss"
"""Returns the least loss instead of the rate that led to it.

Hint: You need a rate to train with. Keep the pairs together.
"""


def grid_search(train, rates):
    return min(loss for loss in map(train, rates) if not math.isnan(loss))


# %% exercise="grid_search" misconception="largest-loss"
"""Returns the rate with the largest loss.

Hint: A loss says how wrong the model is. Which end do you want?
"""


def grid_search(train, rates):
    results = [(train(rate), -rate) for rate in rates]
    return -max(pair for pair in results if not math.isnan(pair[0]))[1]


# %% exercise="grid_search" misconception="trains-again"
"""Calls `train` twice for each rate, once to look for nan and once to compare.

Hint: Training may take a night. Keep each result the first time.
"""


def grid_search(train, rates):
    good = [rate for rate in sorted(rates) if not math.isnan(train(rate))]
    return min(good, key=train)


# %% exercise="momentum_descent" misconception="averages"
"""Gives the new gradient only the share 1 - beta of the velocity.

Hint: That is a moving average, and a tame one. The rule here adds the whole gradient: v ← βv + g.
"""


def momentum_descent(grad, start, lr, beta, steps):
    path, v = [start], torch.zeros_like(start)
    for _ in range(steps):
        v = beta * v + (1 - beta) * grad(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


# %% exercise="momentum_descent" misconception="forgets-the-velocity"
"""Adds beta times the velocity, but never keeps it for the next step.

Hint: After three steps on an even slope the ball should be faster than after one. What does v start from in
your second step?
"""


def momentum_descent(grad, start, lr, beta, steps):
    path = [start]
    for _ in range(steps):
        v = torch.zeros_like(start)
        v = beta * v + grad(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


# %% exercise="momentum_descent" misconception="steps-before-it-updates"
"""Takes the step with the old velocity and updates it afterwards.

Hint: The velocity is updated first. Your first step goes nowhere.
"""


def momentum_descent(grad, start, lr, beta, steps):
    path, v = [start], torch.zeros_like(start)
    for _ in range(steps):
        path.append(path[-1] - lr * v)
        v = beta * v + grad(path[-2])
    return torch.stack(path)


# %% exercise="momentum_descent" misconception="looks-ahead"
"""Measures the gradient where the velocity would lead, not where the ball is.

Hint: That is Nesterov's variant. Here the gradient is taken at x.
"""


def momentum_descent(grad, start, lr, beta, steps):
    path, v = [start], torch.zeros_like(start)
    for _ in range(steps):
        v = beta * v + grad(path[-1] - lr * beta * v)
        path.append(path[-1] - lr * v)
    return torch.stack(path)


# %% exercise="momentum_descent" misconception="never-fades"
"""Adds up all gradients, and beta has no say.

Hint: The velocity keeps only a share beta of itself. With beta = 0 it should be plain gradient descent.
"""


def momentum_descent(grad, start, lr, beta, steps):
    path, v = [start], torch.zeros_like(start)
    for _ in range(steps):
        v = v + grad(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)
