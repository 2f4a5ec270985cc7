"""Week 13's other right solutions, which every test must accept."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% exercise="get_batch" alternative="slices"
"""Stacks slices, as the film does."""


def get_batch(data, block_size, batch_size, generator):
    ix = torch.randint(len(data) - block_size, (batch_size,), generator=generator)
    x = torch.stack([data[i : i + block_size] for i in ix])
    y = torch.stack([data[i + 1 : i + block_size + 1] for i in ix])
    return x, y


# %% exercise="get_batch" alternative="all-windows"
"""Makes all windows of block + 1 symbols and picks rows."""


def get_batch(data, block_size, batch_size, generator):
    windows = data.unfold(0, block_size + 1, 1)  # (N - block_size, block_size + 1)
    picked = windows[torch.randint(len(windows), size=(batch_size,), generator=generator)]
    return [picked[:, :-1].clone(), picked[:, 1:].clone()]


# %% exercise="masked_average" alternative="cumsum"
"""Running sums over counts, whatever the word."""


def masked_average(x, how):
    counts = torch.arange(1, x.shape[1] + 1).to(x.dtype)
    return x.cumsum(dim=1) / counts.view(1, -1, 1)


# %% exercise="masked_average" alternative="film"
"""Two loops, a triangle with keepdim, a softmax of masked zeros."""


def masked_average(x, how):
    b, t, c = x.shape
    if how == "loop":
        out = torch.zeros((b, t, c), dtype=x.dtype)
        for i in range(b):
            for j in range(t):
                out[i, j] = torch.mean(x[i, : j + 1], 0)
        return out
    tril = torch.tril(torch.ones(t, t, dtype=x.dtype))
    if how == "matmul":
        return tril / torch.sum(tril, 1, keepdim=True) @ x
    wei = torch.zeros((t, t), dtype=x.dtype)
    wei = wei.masked_fill(tril == 0, float("-inf"))
    return F.softmax(wei, dim=1) @ x


# %% exercise="attention" alternative="torchs-own"
"""PyTorch's own."""


def attention(q, k, v, causal=True):
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


# %% exercise="attention" alternative="einsum-and-a-large-number"
"""Sums by name; the future gets a score of minus a billion and queries are scaled beforehand."""


def attention(q, k, v, causal=True):
    scores = torch.einsum("...td,...sd->...ts", q * q.shape[-1] ** -0.5, k)
    if causal:
        t = q.shape[-2]
        allowed = torch.arange(t)[:, None] >= torch.arange(t)[None, :]
        scores = torch.where(allowed, scores, -1e9)
    return torch.einsum("...ts,...se->...te", torch.softmax(scores, dim=-1), v)


# %% exercise="attention" alternative="row-by-row"
"""One looking position after the other; exponentials less the largest score."""


def attention(q, k, v, causal=True):
    rows = []
    for i in range(q.shape[-2]):
        end = i + 1 if causal else k.shape[-2]
        scores = (k[..., :end, :] * q[..., i : i + 1, :]).sum(-1, keepdim=True) / math.sqrt(q.shape[-1])
        e = (scores - scores.amax(-2, keepdim=True)).exp()
        rows.append((e * v[..., :end, :]).sum(-2) / e.sum(-2))
    return torch.stack(rows, -2)


# %% exercise="attention" alternative="added-mask"
"""Adds a triangle of minus infinities."""


def attention(q, k, v, causal=True):
    w = q @ k.mT / k.size(-1) ** 0.5
    if causal:
        w = w + torch.full((q.size(-2), q.size(-2)), -math.inf, dtype=w.dtype).triu(diagonal=1)
    return torch.softmax(w, -1).matmul(v)


# %% exercise="break_attention" alternative="by-laws"
"""Position 0, the plain average, the root at d = 16, and a loop over single queries."""


def break_attention(attention):
    torch.manual_seed(0)
    for lead in [(), (2,), (3, 2)]:
        for t, d, e in [(3, 16, 2), (5, 1, 4), (2, 5, 6)]:
            q, k, v = torch.randn(*lead, t, d) * 2, torch.randn(*lead, t, d), torch.randn(*lead, t, e)
            for causal in [True, False]:
                y = attention(q, k, v, causal)
                assert tuple(y.shape) == (*lead, t, e)
                for i in range(t):
                    seen = i + 1 if causal else t
                    s = torch.einsum("...d,...sd->...s", q[..., i, :], k[..., :seen, :]) / d**0.5
                    right = torch.einsum("...s,...se->...e", torch.softmax(s, -1), v[..., :seen, :])
                    assert torch.allclose(y[..., i, :].float(), right, atol=1e-4)
            assert torch.allclose(attention(q, k, v).float(), attention(q, k, v, True).float(), atol=1e-4)
    q = torch.tensor([[3000.0], [1.0]])
    assert not torch.isnan(attention(q, q, q)).any()
    assert attention(torch.ones(2, 3), torch.ones(5, 3), torch.ones(5, 4), False).shape == (2, 4)


# %% exercise="break_attention" alternative="torchs-own"
"""Compares with PyTorch's own in float64."""


def break_attention(attention):
    generator = torch.Generator().manual_seed(3)
    for lead in [(), (1,), (2, 3)]:
        for t, s, d, e in [(4, 6, 5, 3), (1, 2, 9, 4), (6, 3, 2, 7)]:
            q = 3 * torch.randn((*lead, t, d), generator=generator, dtype=torch.float64)
            k = torch.randn((*lead, s, d), generator=generator, dtype=torch.float64)
            v = torch.randn((*lead, s, e), generator=generator, dtype=torch.float64)
            right = F.scaled_dot_product_attention(q, k, v)
            assert (attention(q, k, v, causal=False) - right).abs().max() < 1e-8
            k, v = torch.cat([k] * 6, -2)[..., :t, :] + q, torch.cat([v] * 6, -2)[..., :t, :].cumsum(-2)
            right = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            got = attention(q, k, v)
            assert got.shape == right.shape
            assert (got - right).abs().max() < 1e-8
            big = attention(1000 * q, k, v)
            assert torch.isfinite(big).all()


# %% exercise="Head" alternative="film"
"""The film's head, with a mask that it keeps, divided by the root of its own size."""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))

    def forward(self, x):
        B, T, C = x.shape
        k = self.key(x)
        q = self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        wei = F.softmax(wei, dim=-1)
        return wei @ self.value(x)


# %% exercise="Head" alternative="one-map-for-three"
"""One linear layer of three times the size, cut into three."""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.maps = nn.Linear(n_embd, 3 * head_size, bias=False)

    def forward(self, x):
        q, k, v = self.maps(x).chunk(3, dim=-1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)


# %% exercise="Head" alternative="parameters-of-its-own"
"""Weights as (in, out) parameters, with names of their own."""


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.Wv, self.Wk, self.Wq = (
            nn.Parameter(torch.randn(n_embd, head_size) / math.sqrt(n_embd)) for _ in range(3)
        )

    def forward(self, x):
        return attention(x @ self.Wq, x @ self.Wk, x @ self.Wv)


# %% exercise="MultiHeadAttention" alternative="loop"
"""Collects the answers in a loop; the projection has no bias."""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.heads = nn.ModuleList()
        for _ in range(n_head):
            self.heads.append(Head(n_embd, head_size, block_size))
        self.proj = nn.Linear(n_head * head_size, n_embd, bias=False)

    def forward(self, x):
        outs = []
        for head in self.heads:
            outs += [head(x)]
        return self.proj(torch.concat(outs, dim=2))


# %% exercise="MultiHeadAttention" alternative="written-in-place"
"""Writes each head's answer into its columns."""


class MultiHeadAttention(nn.Module):
    def __init__(self, n_head, head_size, n_embd, block_size):
        super().__init__()
        self.proj = nn.Linear(n_head * head_size, n_embd)
        self.heads = nn.Sequential(*[Head(n_embd, head_size, block_size) for _ in range(n_head)])
        self.size = head_size

    def forward(self, x):
        side = torch.empty(*x.shape[:2], len(self.heads) * self.size, dtype=x.dtype)
        for place, head in enumerate(self.heads):
            side[:, :, place * self.size : (place + 1) * self.size] = head(x)
        return self.proj(side)


# %% exercise="LayerNorm" alternative="functional"
"""PyTorch's function with parameters called gamma and beta."""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.beta = nn.Parameter(torch.zeros(d))
        self.gamma = nn.Parameter(torch.ones(d))
        self.eps = eps

    def forward(self, x):
        return F.layer_norm(x, (x.shape[-1],), self.gamma, self.beta, self.eps)


# %% exercise="LayerNorm" alternative="mean-of-squares"
"""Keeps the sizes, and takes the variance from `var` without correction."""


class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.gain, self.shift, self.eps = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d)), eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = x.var(dim=-1, keepdim=True, unbiased=False)
        return self.gain * (x - mean) * torch.rsqrt(var + self.eps) + self.shift


# %% exercise="LayerNorm" alternative="torchs-own"
"""PyTorch's own module."""


class LayerNorm(nn.LayerNorm):
    def __init__(self, d, eps=1e-5):
        super().__init__(d, eps=eps)


# %% exercise="Block" alternative="film"
"""The film's block: ReLU, a module for the MLP, PyTorch's norms."""


class FeedForward(nn.Module):
    def __init__(self, n_embd):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_embd, 4 * n_embd), nn.ReLU(), nn.Linear(4 * n_embd, n_embd))

    def forward(self, x):
        return self.net(x)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        head_size = config.n_embd // config.n_head
        self.sa = MultiHeadAttention(config.n_head, head_size, config.n_embd, config.block_size)
        self.ffwd = FeedForward(config.n_embd)
        self.ln1 = nn.LayerNorm(config.n_embd)
        self.ln2 = nn.LayerNorm(config.n_embd)

    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        return x + self.ffwd(self.ln2(x))


# %% exercise="Block" alternative="pieces-in-another-order"
"""Branches as sequences, norms made last, GELU by the tanh formula, no biases in the MLP."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.up, self.down = nn.Linear(C, 4 * C, bias=False), nn.Linear(4 * C, C, bias=False)
        self.digest = LayerNorm(C)
        self.listen = LayerNorm(C)
        self.talk = MultiHeadAttention(config.n_head, C // config.n_head, C, config.block_size)

    def forward(self, x):
        heard = x + self.talk(self.listen(x))
        return heard + self.down(F.gelu(self.up(self.digest(heard)), approximate="tanh"))


# %% exercise="GPT" alternative="nano"
"""Pieces in a dictionary, weights drawn by `apply`, blocks in a loop, the loss by view."""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(config.vocab_size, config.n_embd),
                "wpe": nn.Embedding(config.block_size, config.n_embd),
                "h": nn.ModuleList([Block(config) for _ in range(config.n_layer)]),
                "ln_f": LayerNorm(config.n_embd),
            }
        )
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, idx, targets=None):
        b, t = idx.size()
        if t > self.config.block_size:
            raise ValueError("Cannot forward, the text is too long")
        pos = torch.arange(0, t, dtype=torch.long).unsqueeze(0)
        x = self.transformer.wte(idx) + self.transformer.wpe(pos)
        for block in self.transformer.h:
            x = block(x)
        logits = self.lm_head(self.transformer.ln_f(x))
        loss = None
        if targets is not None:
            loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))
        return logits, loss


# %% exercise="GPT" alternative="tied"
"""The last layer shares its weights with the table of symbols; the loss is picked from log softmax."""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.symbols = nn.Embedding(config.vocab_size, config.n_embd)
        self.places = nn.Parameter(torch.zeros(config.block_size, config.n_embd))
        self.blocks = nn.Sequential(*(Block(config) for _ in range(config.n_layer)))
        self.norm = nn.LayerNorm(config.n_embd)
        for p in self.parameters():
            if p.ndim == 2:
                p.data = 0.02 * torch.randn(p.shape)
            elif not bool((p == 1).all()):
                p.data.zero_()

    def forward(self, idx, targets=None):
        T = idx.shape[1]
        if not self.config.block_size >= T:
            raise ValueError(f"at most {self.config.block_size} symbols")
        logits = self.norm(self.blocks(self.symbols(idx) + self.places[:T])) @ self.symbols.weight.T
        if targets is None:
            return logits, None
        return logits, -logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).mean()


# %% exercise="generate" alternative="top-k-first"
"""Draws among the top k and looks up which symbol each is."""


@torch.no_grad()
def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    text = idx.clone()
    for _ in range(n):
        logits, _ = model(text[:, -model.config.block_size :])
        best, which = logits[:, -1, :].topk(top_k or logits.shape[-1])
        p = F.softmax(best / temperature, dim=-1)
        drawn = torch.multinomial(p, num_samples=1, generator=generator)
        text = torch.cat((text, which.gather(1, drawn)), dim=1)
    if was:
        model.train()
    return text


# %% exercise="generate" alternative="cumulated"
"""Draws a number from 0 to 1 for each text and finds it among the cumulated probabilities."""


def generate(model, idx, n, temperature=1.0, top_k=None, generator=None):
    mode, size = model.training, model.config.block_size
    model.train(False)
    out = torch.empty((len(idx), idx.shape[1] + n), dtype=torch.int64)
    out[:, : idx.shape[1]] = idx
    for place in range(idx.shape[1], idx.shape[1] + n):
        logits = model(out[:, max(0, place - size) : place])[0].detach()[:, -1].double() / temperature
        if top_k:
            order = logits.argsort(-1, descending=True)
            logits = logits.scatter(1, order[:, top_k:], -math.inf)
        cumulated = logits.softmax(-1).cumsum(-1)
        u = torch.rand((len(idx), 1), generator=generator, dtype=torch.float64) * cumulated[:, -1:]
        out[:, place] = (cumulated <= u).sum(1)
    model.train(mode)
    return out


# %% exercise="positional_encoding" alternative="filled"
"""Fills even and odd channels."""


def positional_encoding(t, d):
    table = torch.zeros(t, d)
    position = torch.arange(0, t).unsqueeze(1)
    div = torch.exp(torch.arange(0, d, 2) * (-math.log(10000.0) / d))
    table[:, 0::2] = torch.sin(position * div)
    table[:, 1::2] = torch.cos(position * div)
    return table


# %% exercise="positional_encoding" alternative="cosine-is-a-shifted-sine"
"""One sine in float64, a quarter turn on in the odd channels."""


def positional_encoding(t, d):
    channel = torch.arange(d)
    speed = 10000.0 ** (-(channel - channel % 2).double() / d)
    return (torch.arange(t).double()[:, None] * speed + (channel % 2) * math.pi / 2).sin()


# %% exercise="fuse_heads" alternative="three-products"
"""Three weights of all heads, and a transpose on the way there and back."""


def fuse_heads(heads):
    class Fused(nn.Module):
        def __init__(self):
            super().__init__()
            self.nh = len(heads)
            self.Wq = nn.Parameter(torch.cat([h.query.weight for h in heads]).detach().clone())
            self.Wk = nn.Parameter(torch.cat([h.key.weight for h in heads]).detach().clone())
            self.Wv = nn.Parameter(torch.cat([h.value.weight for h in heads]).detach().clone())

        def split(self, x, W):
            B, T, _ = x.shape
            return F.linear(x, W).view(B, T, self.nh, -1).transpose(1, 2)

        def forward(self, x):
            B, T, _ = x.shape
            y = F.scaled_dot_product_attention(
                self.split(x, self.Wq), self.split(x, self.Wk), self.split(x, self.Wv), is_causal=True
            )
            return y.transpose(1, 2).contiguous().view(B, T, -1)

    return Fused()


# %% exercise="fuse_heads" alternative="einsum"
"""Weights with an axis for heads, products by name."""


def fuse_heads(heads):
    class Fused(nn.Module):
        def __init__(self):
            super().__init__()
            for role in ("query", "key", "value"):
                weight = torch.stack([getattr(h, role).weight for h in heads]).detach().clone()
                self.register_buffer(role, weight)

        def forward(self, x):
            q, k, v = (torch.einsum("btc,hdc->bhtd", x, w) for w in (self.query, self.key, self.value))
            return attention(q, k, v).permute(0, 2, 1, 3).reshape(*x.shape[:2], -1)

    return Fused()


# %% exercise="estimate_loss" alternative="film"
"""The film's: losses in a tensor, the decorator."""


@torch.no_grad()
def estimate_loss(model, data, batches, batch_size, generator):
    mode = model.training
    model.eval()
    losses = torch.zeros(batches)
    for k in range(batches):
        X, Y = get_batch(data, model.config.block_size, batch_size, generator)
        logits, loss = model(X, Y)
        losses[k] = loss.item()
    if mode:
        model.train()
    return losses.mean().item()


# %% exercise="estimate_loss" alternative="inference-mode"
"""Inference mode, and a mode restored in any case."""


def estimate_loss(model, data, batches, batch_size, generator):
    mode = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            drawn = [get_batch(data, model.config.block_size, batch_size, generator) for _ in range(batches)]
            return sum(float(model(x, y)[1]) for x, y in drawn) / len(drawn)
    finally:
        model.train(mode)


# %% exercise="generate_cached" alternative="prefix-in-single-steps"
"""Keeps keys and values in tensors made beforehand for all places."""


@torch.no_grad()
def generate_cached(model, idx, n):
    B, T = idx.shape
    total = T + n
    if total > model.config.block_size:
        raise ValueError("prefix and answer don't fit into the block")
    table = {}
    text = idx.clone()
    start = 0
    for _ in range(n):
        fed = text[:, start:]
        end = start + fed.shape[1]
        x = model.token_embedding(fed) + model.position_embedding(torch.arange(start, end))
        for number, block in enumerate(model.blocks):
            outs, h = [], block.ln1(x)
            for place, head in enumerate(block.sa.heads):
                q, k, v = head.query(h), head.key(h), head.value(h)
                if (number, place) not in table:
                    table[number, place] = k.new_zeros(2, B, total, k.shape[-1])
                table[number, place][:, :, start:end] = torch.stack([k, v])
                keys, values = table[number, place][:, :, :end]
                seen = torch.arange(end) <= torch.arange(start, end)[:, None]
                scores = (q @ keys.mT / math.sqrt(q.shape[-1])).masked_fill(~seen, -math.inf)
                outs.append(scores.softmax(-1) @ values)
            x = x + block.sa.proj(torch.cat(outs, -1))
            x = x + block.mlp(block.ln2(x))
        text = torch.cat([text, model.lm_head(model.ln_f(x))[:, -1:].argmax(-1)], 1)
        start = end
    return text


# %% exercise="generate_cached" alternative="patched-heads"
"""Hooks on the heads: the model's own forward runs on single positions while its heads remember."""


def generate_cached(model, idx, n):
    if idx.shape[1] + n > model.config.block_size:
        raise ValueError("too long")
    kept, handles = {}, []

    def remember(head, inputs, output):
        (x,) = inputs
        k, v = head.key(x), head.value(x)
        if head in kept:
            k, v = (torch.cat(pair, 1) for pair in zip(kept[head], (k, v), strict=True))
            output = attention(head.query(x), k, v, causal=False)
        kept[head] = (k, v)
        return output

    for block in model.blocks:
        handles += [head.register_forward_hook(remember) for head in block.sa.heads]
    with torch.no_grad():
        fed, start = idx, 0
        for _ in range(n):
            places = torch.arange(start, start + fed.shape[1])
            x = model.blocks(model.token_embedding(fed) + model.position_embedding(places))
            start += fed.shape[1]
            fed = model.lm_head(model.ln_f(x[:, -1:])).argmax(-1)
            idx = torch.cat([idx, fed], 1)
    for handle in handles:
        handle.remove()
    return idx


# %% exercise="addition_dataset" alternative="strings"
"""Writes strings and reads their digits."""


def addition_dataset(digits, n, generator):
    rows = []
    for _ in range(n):
        a, b = (int(torch.randint(0, 10**digits, (1,), generator=generator)) for _ in range(2))
        rows.append(f"{a:0{digits}d}{b:0{digits}d}" + f"{a + b:0{digits + 1}d}"[::-1])
    text = torch.tensor([[int(symbol) for symbol in row] for row in rows])
    mask = torch.zeros((n, 3 * digits), dtype=torch.bool)
    mask[:, -(digits + 1) :] = True
    return text[:, :-1], text[:, 1:], mask


# %% exercise="addition_dataset" alternative="digit-by-digit"
"""Draws digits, and adds them up on paper with carries."""


def addition_dataset(digits, n, generator):
    question = torch.randint(10, (n, 2 * digits), generator=generator)
    carry, answer = torch.zeros(n, dtype=torch.int64), []
    for place in range(digits - 1, -1, -1):
        total = question[:, place] + question[:, digits + place] + carry
        answer.append(total % 10)
        carry = total // 10
    text = torch.cat([question, torch.stack([*answer, carry], 1)], 1)
    mask = torch.cat([torch.zeros(n, 2 * digits - 1), torch.ones(n, digits + 1)], 1).bool()
    return text[:, :-1].clone(), text[:, 1:].clone(), mask


# %% exercise="near_orthogonal" alternative="pairs"
"""Pair after pair in float64, columns as directions."""


def near_orthogonal(n, d, generator):
    x = torch.randn(d, n, generator=generator, dtype=torch.float64)
    x = x / x.norm(dim=0, keepdim=True)
    cosines = [abs((x[:, i] @ x[:, j]).item()) for i in range(n) for j in range(i)]
    return max(cosines)


# %% exercise="near_orthogonal" alternative="triangle"
"""Looks at the triangle above the diagonal."""


def near_orthogonal(n, d, generator):
    x = torch.empty(n, d).normal_(generator=generator)
    cosines = F.cosine_similarity(x[:, None], x[None], dim=-1)
    return float(cosines.triu(1).abs().max())
