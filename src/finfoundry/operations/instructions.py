"""How to install from a bundle, in both languages. ``{…}`` is filled in when the bundle is made."""

ENGLISH = """\
# Installing finfoundry {version} without a network

Made for Python {python} on {platform}; extras: {extras}.

1. Check what you received. The command needs nothing of ours; compare the last line with the digest that you were sent by another way.

       sha256sum --check --quiet SHA256SUMS && sha256sum SHA256SUMS

2. Install into an environment of its own. Every wheel is checked against its hash, and no index is asked.

       python{python} -m venv /opt/finfoundry
       /opt/finfoundry/bin/pip install --no-index --find-links wheels --require-hashes --requirement requirements.txt
       /opt/finfoundry/bin/finfoundry bundle verify .

   Without the venv package of Debian: `python{python} -m venv --without-pip /opt/finfoundry`, then
   `python{python} -m pip --python /opt/finfoundry/bin/python install …` with the same options.

3. Choose a home, which holds all state, and put the models there.

       export FINFOUNDRY_HOME=/var/lib/finfoundry
       mkdir -p "$FINFOUNDRY_HOME" && cp -r models "$FINFOUNDRY_HOME/"
       /opt/finfoundry/bin/finfoundry doctor
       /opt/finfoundry/bin/finfoundry doctor --sealed

`sbom.cdx.json` (CycloneDX 1.6) names every package and every weight with version, licence and SHA-256.
To upgrade: take a backup (`finfoundry backup FILE`), stop (`finfoundry stop`), install the new bundle into the same environment, and start
again; the store is brought up to date by the first command.
"""

CHINESE = """\
# 无网络安装 finfoundry {version}

适用于 Python {python}，平台 {platform}；附加组件：{extras}。

1. 先核对收到的内容。此命令不依赖本产品；请将最后一行与通过其他渠道收到的摘要比对。

       sha256sum --check --quiet SHA256SUMS && sha256sum SHA256SUMS

2. 安装到独立环境。每个 wheel 都按哈希校验，不访问任何软件源。

       python{python} -m venv /opt/finfoundry
       /opt/finfoundry/bin/pip install --no-index --find-links wheels --require-hashes --requirement requirements.txt
       /opt/finfoundry/bin/finfoundry bundle verify .

   若 Debian 未安装 venv 包：先执行 `python{python} -m venv --without-pip /opt/finfoundry`，再用
   `python{python} -m pip --python /opt/finfoundry/bin/python install …`，参数相同。

3. 选定主目录（保存全部状态），并把模型放进去。

       export FINFOUNDRY_HOME=/var/lib/finfoundry
       mkdir -p "$FINFOUNDRY_HOME" && cp -r models "$FINFOUNDRY_HOME/"
       /opt/finfoundry/bin/finfoundry doctor
       /opt/finfoundry/bin/finfoundry doctor --sealed

`sbom.cdx.json`（CycloneDX 1.6）列出每个软件包和每个权重文件的版本、许可证与 SHA-256。
升级：先备份（`finfoundry backup 文件`），停止（`finfoundry stop`），把新的安装包装入同一环境后重新启动；首条命令会自动升级存储。
"""

INSTRUCTIONS = {"INSTALL.md": ENGLISH, "INSTALL.zh-CN.md": CHINESE}
